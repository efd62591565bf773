package bench;

/** What a record of the topic has. */
public class CountedBid {
  public int auction;
  public int bidder;
  public long price;
  public long dateTime;
}

package bench;

/** One event of the site; what it is not is null. */
public class Event {
  public Person person;
  public Auction auction;
  public Bid bid;
  public long dateTime;
}

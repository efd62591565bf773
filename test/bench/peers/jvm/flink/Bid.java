package bench;

/** Public fields and no constructor: what Flink's serializer of POJOs asks for. */
public class Bid {
  public int auction;
  public int bidder;
  public long price;
  public String channel;
  public String url;
  public long dateTime;
  public String extra;
}

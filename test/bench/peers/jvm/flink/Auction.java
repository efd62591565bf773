package bench;

public class Auction {
  public int id;
  public String itemName;
  public String description;
  public long initialBid;
  public long reserve;
  public long dateTime;
  public long expires;
  public int seller;
  public int category;
  public String extra;
}

package bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what write-events.ts wrote, in the form that is told there. */
final class EventFile implements AutoCloseable {
  private static final int PERSON = 0;
  private static final int AUCTION = 1;

  private final DataInputStream in;
  private final List<String> words = new ArrayList<>();

  EventFile(Path path) throws IOException {
    in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 20));
  }

  static Bid[] bids(Path path, int count) throws IOException {
    try (EventFile file = new EventFile(path)) {
      Bid[] bids = new Bid[count];
      for (int at = 0; at < count; at++) {
        bids[at] = file.next().bid;
      }
      return bids;
    }
  }

  static Event[] events(Path path, int count) throws IOException {
    try (EventFile file = new EventFile(path)) {
      Event[] events = new Event[count];
      for (int at = 0; at < count; at++) {
        events[at] = file.next();
      }
      return events;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private Event next() throws IOException {
    Event event = new Event();
    int kind = in.readByte();
    if (kind == PERSON) {
      event.person = person();
      event.dateTime = event.person.dateTime;
    } else if (kind == AUCTION) {
      event.auction = auction();
      event.dateTime = event.auction.dateTime;
    } else {
      event.bid = bid();
      event.dateTime = event.bid.dateTime;
    }
    return event;
  }

  private Person person() throws IOException {
    Person person = new Person();
    person.id = in.readInt();
    person.name = word();
    person.emailAddress = text();
    person.creditCard = text();
    person.city = word();
    person.state = word();
    person.dateTime = whole();
    person.extra = text();
    return person;
  }

  private Auction auction() throws IOException {
    Auction auction = new Auction();
    auction.id = in.readInt();
    auction.itemName = text();
    auction.description = text();
    auction.initialBid = whole();
    auction.reserve = whole();
    auction.dateTime = whole();
    auction.expires = whole();
    auction.seller = in.readInt();
    auction.category = in.readInt();
    auction.extra = text();
    return auction;
  }

  private Bid bid() throws IOException {
    Bid bid = new Bid();
    bid.auction = in.readInt();
    bid.bidder = in.readInt();
    bid.price = whole();
    bid.channel = word();
    bid.url = word();
    bid.dateTime = whole();
    bid.extra = text();
    return bid;
  }

  private long whole() throws IOException {
    return (long) in.readDouble();
  }

  private String text() throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String word() throws IOException {
    int number = in.readUnsignedShort();
    if (number == words.size()) {
      words.add(text());
    }
    return words.get(number);
  }
}

package bench;

import java.time.Duration;
import org.apache.flink.api.common.functions.JoinFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/** New people who sell within the same ten seconds. */
final class Q8 {
  private static final long SIZE_MS = 10_000;

  private Q8() {}

  public static class NewPerson {
    public int id;
    public String name;
    public long dateTime;
  }

  public static class NewAuction {
    public int id;
    public int seller;
  }

  public static class NewSeller {
    public int person;
    public String name;
    public int auction;
    public long start;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    DataStream<Event> events = input.timedEvents(environment);
    DataStream<NewPerson> people =
        events
            .<NewPerson>flatMap(
                (event, out) -> {
                  if (event.person != null) {
                    out.collect(newPerson(event.person));
                  }
                })
            .returns(NewPerson.class);
    DataStream<NewAuction> auctions =
        events
            .<NewAuction>flatMap(
                (event, out) -> {
                  if (event.auction != null) {
                    out.collect(newAuction(event.auction));
                  }
                })
            .returns(NewAuction.class);
    people
        .join(auctions)
        .where(person -> person.id)
        .equalTo(auction -> auction.seller)
        .window(TumblingEventTimeWindows.of(Duration.ofMillis(SIZE_MS)))
        .apply(new Pair())
        .sinkTo(new Results<NewSeller>((checksum, seller) -> checksum + hashOf(seller, input)));
  }

  private static NewPerson newPerson(Person person) {
    NewPerson reduced = new NewPerson();
    reduced.id = person.id;
    reduced.name = person.name;
    reduced.dateTime = person.dateTime;
    return reduced;
  }

  private static NewAuction newAuction(Auction auction) {
    NewAuction reduced = new NewAuction();
    reduced.id = auction.id;
    reduced.seller = auction.seller;
    return reduced;
  }

  private static int hashOf(NewSeller seller, Input input) {
    int named = (seller.person * 31 + seller.name.length()) * 31 + seller.auction;
    return named * 31 + input.since(seller.start);
  }

  private static final class Pair implements JoinFunction<NewPerson, NewAuction, NewSeller> {
    @Override
    public NewSeller join(NewPerson person, NewAuction auction) {
      NewSeller seller = new NewSeller();
      seller.person = person.id;
      seller.name = person.name;
      seller.auction = auction.id;
      seller.start = person.dateTime - person.dateTime % SIZE_MS;
      return seller;
    }
  }
}

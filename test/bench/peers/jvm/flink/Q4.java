package bench;

import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.util.Collector;

/** What auctions of a category bring: an interval join, the greatest price of each auction when it has expired, a running average. */
final class Q4 {
  /** No auction is open for longer. */
  private static final Duration LONGEST = Duration.ofMillis(100);

  private Q4() {}

  public static class Opened {
    public int auction;
    public int category;
    public long expires;
  }

  public static class Offer {
    public int auction;
    public long price;
    public long dateTime;
  }

  public static class Candidate {
    public int auction;
    public int category;
    public long expires;
    public long price;
  }

  public static class Winner {
    public int category;
    public long price;
  }

  public static class Sum {
    public long count;
    public long total;
  }

  public static class CategoryPrice {
    public int category;
    public double average;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    DataStream<Event> events = input.timedEvents(environment);
    DataStream<Opened> auctions =
        events
            .<Opened>flatMap(
                (event, out) -> {
                  if (event.auction != null) {
                    out.collect(openedOf(event.auction));
                  }
                })
            .returns(Opened.class);
    DataStream<Offer> offers =
        events
            .<Offer>flatMap(
                (event, out) -> {
                  if (event.bid != null) {
                    out.collect(offerOf(event.bid));
                  }
                })
            .returns(Offer.class);
    // For each category the hash of its last result alone counts.
    int[] hashes = new int[64];
    auctions
        .keyBy(auction -> auction.auction)
        .intervalJoin(offers.keyBy(offer -> offer.auction))
        .between(Duration.ZERO, LONGEST)
        .process(new InTime())
        .keyBy(candidate -> candidate.auction)
        .process(new Winners())
        .keyBy(winner -> winner.category)
        .process(new Averages())
        .sinkTo(
            new Results<CategoryPrice>(
                (checksum, price) -> {
                  int before = hashes[price.category];
                  hashes[price.category] = price.category * 31 + (int) Math.floor(price.average);
                  return checksum - before + hashes[price.category];
                }));
  }

  private static Opened openedOf(Auction auction) {
    Opened opened = new Opened();
    opened.auction = auction.id;
    opened.category = auction.category;
    opened.expires = auction.expires;
    return opened;
  }

  private static Offer offerOf(Bid bid) {
    Offer offer = new Offer();
    offer.auction = bid.auction;
    offer.price = bid.price;
    offer.dateTime = bid.dateTime;
    return offer;
  }

  private static final class InTime extends ProcessJoinFunction<Opened, Offer, Candidate> {
    @Override
    public void processElement(Opened auction, Offer offer, Context context, Collector<Candidate> out) {
      if (offer.dateTime > auction.expires) {
        return;
      }
      Candidate candidate = new Candidate();
      candidate.auction = auction.auction;
      candidate.category = auction.category;
      candidate.expires = auction.expires;
      candidate.price = offer.price;
      out.collect(candidate);
    }
  }

  private static final class Winners extends KeyedProcessFunction<Integer, Candidate, Winner> {
    private transient ValueState<Winner> best;

    @Override
    public void open(OpenContext context) {
      best = getRuntimeContext().getState(new ValueStateDescriptor<>("best", Winner.class));
    }

    @Override
    public void processElement(Candidate candidate, Context context, Collector<Winner> out) throws Exception {
      Winner winner = best.value();
      if (winner == null) {
        winner = new Winner();
        winner.category = candidate.category;
        context.timerService().registerEventTimeTimer(candidate.expires);
      } else if (candidate.price <= winner.price) {
        return;
      }
      winner.price = candidate.price;
      best.update(winner);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Winner> out) throws Exception {
      out.collect(best.value());
      best.clear();
    }
  }

  private static final class Averages extends KeyedProcessFunction<Integer, Winner, CategoryPrice> {
    private transient ValueState<Sum> state;

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Sum.class));
    }

    @Override
    public void processElement(Winner winner, Context context, Collector<CategoryPrice> out) throws Exception {
      Sum sum = state.value();
      if (sum == null) {
        sum = new Sum();
      }
      sum.count++;
      sum.total += winner.price;
      state.update(sum);
      CategoryPrice price = new CategoryPrice();
      price.category = winner.category;
      price.average = (double) sum.total / sum.count;
      out.collect(price);
    }
  }
}

package bench;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The statistics of an auction on a day, after each bid. Only what they need of a bid goes to the keyed operator. */
final class Q17 {
  private static final long DAY_MS = 86_400_000;

  private Q17() {}

  public static class Offer {
    public int day;
    public int auction;
    public long price;
  }

  public static class Statistics {
    public long bids;
    public long low;
    public long middle;
    public long high;
    public long least;
    public long greatest;
    public long total;
  }

  public static class Result {
    public int day;
    public int auction;
    public long bids;
    public long low;
    public long middle;
    public long high;
    public long least;
    public long greatest;
    public double mean;
    public long total;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .bids(environment)
        .map(Q17::offerOf)
        .returns(Offer.class)
        // Both numbers in one: half the work of a key that is a Tuple2.
        .keyBy(offer -> (long) offer.day << 32 | offer.auction, Types.LONG)
        .process(new Count())
        .sinkTo(new Results<Result>(Q17::checksum));
  }

  private static Offer offerOf(Bid bid) {
    Offer offer = new Offer();
    offer.day = (int) (bid.dateTime / DAY_MS);
    offer.auction = bid.auction;
    offer.price = bid.price;
    return offer;
  }

  private static int checksum(int before, Result now) {
    double whole = (double) now.auction + now.day + now.bids * 3 + now.low * 5 + now.middle * 7 + now.high * 11;
    whole += now.least * 13 + now.greatest * 17;
    return before * 31 + (int) (long) (whole + now.mean + now.total);
  }

  private static final class Count extends KeyedProcessFunction<Long, Offer, Result> {
    private transient ValueState<Statistics> state;

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>("statistics", Statistics.class));
    }

    @Override
    public void processElement(Offer offer, Context context, Collector<Result> out) throws Exception {
      Statistics known = state.value();
      long price = offer.price;
      if (known == null) {
        known = new Statistics();
        known.least = price;
        known.greatest = price;
      }
      known.bids++;
      if (price < 10_000) {
        known.low++;
      } else if (price < 1_000_000) {
        known.middle++;
      } else {
        known.high++;
      }
      known.least = Math.min(known.least, price);
      known.greatest = Math.max(known.greatest, price);
      known.total += price;
      state.update(known);
      out.collect(resultOf(offer, known));
    }

    private static Result resultOf(Offer offer, Statistics known) {
      Result result = new Result();
      result.day = offer.day;
      result.auction = offer.auction;
      result.bids = known.bids;
      result.low = known.low;
      result.middle = known.middle;
      result.high = known.high;
      result.least = known.least;
      result.greatest = known.greatest;
      result.mean = (double) known.total / known.bids;
      result.total = known.total;
      return result;
    }
  }
}

package bench;

import java.time.Duration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** The highest bid of each ten seconds; of several the first. */
final class Q7 {
  private Q7() {}

  public static class HighestBid {
    public long end;
    public Bid bid;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .timedBids(environment)
        .windowAll(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
        .reduce((a, b) -> b.price > a.price ? b : a, new WithWindow())
        .sinkTo(new Results<HighestBid>((checksum, highest) -> checksum + hashOf(highest, input)));
  }

  private static int hashOf(HighestBid highest, Input input) {
    Bid bid = highest.bid;
    int named = (bid.auction * 31 + bid.bidder) * 31 + (int) bid.price;
    return (named * 31 + input.since(bid.dateTime)) * 31 + input.since(highest.end);
  }

  private static final class WithWindow extends ProcessAllWindowFunction<Bid, HighestBid, TimeWindow> {
    @Override
    public void process(Context context, Iterable<Bid> highest, Collector<HighestBid> out) {
      HighestBid result = new HighestBid();
      result.end = context.window().getEnd();
      result.bid = highest.iterator().next();
      out.collect(result);
    }
  }
}

package bench;

import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Hot items: counts in sliding windows; those of each window come together in the slide that it ends with. */
final class Q5 {
  private static final Duration SIZE = Duration.ofSeconds(10);
  private static final Duration SLIDE = Duration.ofSeconds(2);

  private Q5() {}

  public static class HotItem {
    public long end;
    public int auction;
    public long bids;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .timedBids(environment)
        .map(bid -> bid.auction)
        .returns(Types.INT)
        .keyBy(auction -> auction)
        .window(SlidingEventTimeWindows.of(SIZE, SLIDE))
        .aggregate(new Count<Integer>(), new WithWindow())
        .windowAll(TumblingEventTimeWindows.of(SLIDE))
        .reduce((a, b) -> b.bids > a.bids || (b.bids == a.bids && b.auction < a.auction) ? b : a)
        .sinkTo(
            new Results<HotItem>(
                (checksum, item) ->
                    checksum + (item.auction * 31 + (int) item.bids) * 31 + input.since(item.end)));
  }

  private static final class WithWindow extends ProcessWindowFunction<Long, HotItem, Integer, TimeWindow> {
    @Override
    public void process(Integer auction, Context context, Iterable<Long> count, Collector<HotItem> out) {
      HotItem item = new HotItem();
      item.end = context.window().getEnd();
      item.auction = auction;
      item.bids = count.iterator().next();
      out.collect(item);
    }
  }
}

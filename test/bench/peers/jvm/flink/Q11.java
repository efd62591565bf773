package bench;

import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** How many bids a bidder has in a session. */
final class Q11 {
  private Q11() {}

  public static class UserSession {
    public int bidder;
    public long bids;
    public long start;
    public long end;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .timedBids(environment)
        .map(bid -> bid.bidder)
        .returns(Types.INT)
        .keyBy(bidder -> bidder)
        .window(EventTimeSessionWindows.withGap(Duration.ofSeconds(10)))
        .aggregate(new Count<Integer>(), new WithWindow())
        .sinkTo(new Results<UserSession>((checksum, session) -> checksum + hashOf(session, input)));
  }

  private static int hashOf(UserSession session, Input input) {
    int named = (session.bidder * 31 + (int) session.bids) * 31 + input.since(session.start);
    return named * 31 + input.since(session.end);
  }

  private static final class WithWindow extends ProcessWindowFunction<Long, UserSession, Integer, TimeWindow> {
    @Override
    public void process(Integer bidder, Context context, Iterable<Long> count, Collector<UserSession> out) {
      UserSession session = new UserSession();
      session.bidder = bidder;
      session.bids = count.iterator().next();
      session.start = context.window().getStart();
      session.end = context.window().getEnd();
      out.collect(session);
    }
  }
}

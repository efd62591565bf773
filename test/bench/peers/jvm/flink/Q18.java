package bench;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The last bid of each bidder on each auction, after each bid. */
final class Q18 {
  private Q18() {}

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .bids(environment)
        .keyBy(bid -> (long) bid.bidder << 32 | bid.auction, Types.LONG)
        .process(new Last())
        .sinkTo(new Results<Bid>((checksum, bid) -> checksum + hashOf(bid, input)));
  }

  private static int hashOf(Bid bid, Input input) {
    int named = (bid.auction * 31 + bid.bidder) * 31 + (int) bid.price;
    return named * 31 + input.since(bid.dateTime);
  }

  private static final class Last extends KeyedProcessFunction<Long, Bid, Bid> {
    private transient ValueState<Bid> state;

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>("last", Bid.class));
    }

    @Override
    public void processElement(Bid bid, Context context, Collector<Bid> out) throws Exception {
      Bid last = state.value();
      if (last != null && bid.dateTime < last.dateTime) {
        return;
      }
      state.update(bid);
      out.collect(bid);
    }
  }
}

package bench;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Prices in euros. */
final class Q1 {
  private Q1() {}

  static void build(StreamExecutionEnvironment environment, Input input) {
    input
        .bids(environment)
        .map(bid -> bid.price * 0.908)
        .returns(Types.DOUBLE)
        .sinkTo(new Results<Double>((checksum, euros) -> checksum * 31 + euros.intValue()));
  }
}

package bench;

import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Adds its job to the environment. */
interface Query {
  Map<String, Query> ALL =
      Map.of(
          "q1", Q1::build,
          "q3", Q3::build,
          "q4", Q4::build,
          "q5", Q5::build,
          "q7", Q7::build,
          "q8", Q8::build,
          "q11", Q11::build,
          "q17", Q17::build,
          "q18", Q18::build);

  void build(StreamExecutionEnvironment environment, Input input);
}

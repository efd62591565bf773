package bench;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One run of one query: {@code QUERY FILE KIND COUNT ROUNDS WARM_UP BASE LAG CHECKPOINTS}. The last line on stdout is the result as JSON.
 */
public final class Main {
  /** Elements of the job before, and nanoseconds: then the JVM is as warm as one that has run for long. */
  private static final long MOST_BEFORE = 5_000_000;
  private static final long LONGEST_BEFORE = 4_000_000_000L;

  private Main() {}

  public static void main(String[] args) throws Exception {
    Query query = Query.ALL.get(args[0]);
    Path file = Path.of(args[1]);
    int count = Integer.parseInt(args[3]);
    Object[] elements = args[2].equals("bids") ? EventFile.bids(file, count) : EventFile.events(file, count);
    long all = (long) count * Integer.parseInt(args[4]);
    long warmUp = Long.parseLong(args[5]);
    Input input = new Input(Long.parseLong(args[6]), Long.parseLong(args[7]));
    Configuration configuration = configuration(args[8]);

    MemorySource.use(elements, 0, Math.min(MOST_BEFORE, all), LONGEST_BEFORE);
    run(query, input, configuration);
    System.gc();
    MemorySource.use(elements, warmUp, all, Long.MAX_VALUE);
    run(query, input, configuration);
    System.out.printf(
        "{\"wallMs\":%.3f,\"cpuMs\":%.3f,\"elements\":%d,\"outputs\":%d,\"checksum\":%d,"
            + "\"notes\":{\"Flink\":\"%s\",\"checkpoints\":%d,\"gc ms\":%d}}%n",
        Meter.wallMs(),
        Meter.cpuMs(),
        all - warmUp,
        Results.outputs,
        Results.checksum,
        EnvironmentInformation.getVersion(),
        MemorySource.checkpoints,
        Meter.gcMs());
    // Threads of the cluster would linger.
    System.exit(0);
  }

  private static void run(Query query, Input input, Configuration configuration) throws Exception {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    query.build(environment, input);
    environment.execute();
  }

  /** @param checkpoints the folder for one every second, or "-" for none */
  private static Configuration configuration(String checkpoints) {
    Configuration configuration = new Configuration();
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    // Whatever Flink has no serializer of its own for fails, instead of going through Kryo.
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    // Buffers go on when they are full, not after 100 ms.
    configuration.set(ExecutionOptions.BUFFER_TIMEOUT_ENABLED, false);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(1));
    if (!checkpoints.equals("-")) {
      configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
      configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Path.of(checkpoints).toUri().toString());
    }
    return configuration;
  }
}

package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** The keyed count of a topic: {@code BROKERS TOPIC WARM_UP COUNT APPLICATION STATE_FOLDER}. */
public final class CountFromBroker {
  private static final String STORE = "counts";
  private static final int MEBIBYTE = 1 << 20;

  private CountFromBroker() {}

  public static void main(String[] args) throws Exception {
    long warmUp = Long.parseLong(args[2]);
    long all = Long.parseLong(args[3]);
    // Once before, so that the JVM is as warm as one that has run for long.
    run(args[0], args[1], new Clock(1, all), all, args[4] + "-before", args[5]);
    System.out.println(run(args[0], args[1], new Clock(warmUp, all), all, args[4], args[5]));
  }

  private static String run(
      String brokers, String topic, Clock clock, long all, String application, String folder)
      throws Exception {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(topic, Consumed.with(Serdes.String(), BidSerde.create()))
        .peek((auction, bid) -> clock.record())
        .groupByKey()
        .count(
            Materialized.<String, Long>as(Stores.inMemoryKeyValueStore(STORE))
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long())
                .withCachingEnabled());
    Properties properties = properties(brokers, application, folder);
    KafkaStreams streams = new KafkaStreams(builder.build(), properties);
    streams.start();
    clock.awaitEnd();
    String result = clock.result(counted(streams, all));
    streams.close();
    try (Admin admin = Admin.create(properties)) {
      admin.deleteTopics(List.of(application + "-" + STORE + "-changelog")).all().get();
    }
    return result;
  }

  /** The last record may be on its way into the store. */
  private static List<Clock.Count> counted(KafkaStreams streams, long all) throws InterruptedException {
    ReadOnlyKeyValueStore<String, Long> store =
        streams.store(StoreQueryParameters.fromNameAndType(STORE, QueryableStoreTypes.keyValueStore()));
    while (true) {
      List<Clock.Count> counts = new ArrayList<>();
      long sum = 0;
      try (KeyValueIterator<String, Long> entries = store.all()) {
        while (entries.hasNext()) {
          var entry = entries.next();
          counts.add(new Clock.Count(Integer.parseInt(entry.key), entry.value));
          sum += entry.value;
        }
      }
      if (sum >= all) {
        return counts;
      }
      Thread.sleep(10);
    }
  }

  private static Properties properties(String brokers, String application, String folder) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    // No count leaves the cache before a commit, which comes every 30 s.
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L * MEBIBYTE);
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * MEBIBYTE);
    properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 4 * MEBIBYTE);
    return properties;
  }
}

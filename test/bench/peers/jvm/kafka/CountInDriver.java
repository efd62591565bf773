package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.Stores;

/** The keyed count without a broker: {@code FILE WARM_UP STATE_FOLDER}. Nothing but an auction's number and a price is serialized. */
public final class CountInDriver {
  private CountInDriver() {}

  public static void main(String[] args) throws Exception {
    List<CountedBid> bids = read(Path.of(args[0]));
    Clock clock = new Clock(Long.parseLong(args[1]), bids.size());
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream("bids", Consumed.with(Serdes.Integer(), Serdes.Long()))
        .groupByKey()
        .count(
            Materialized.<Integer, Long>as(Stores.inMemoryKeyValueStore("counts"))
                .withKeySerde(Serdes.Integer())
                .withValueSerde(Serdes.Long())
                .withCachingEnabled()
                // The driver would keep each record of the log.
                .withLoggingDisabled());
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "count");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, args[2]);
    try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties)) {
      TestInputTopic<Integer, Long> topic =
          driver.createInputTopic("bids", new IntegerSerializer(), new LongSerializer());
      System.gc();
      for (CountedBid bid : bids) {
        topic.pipeInput(bid.auction, bid.price, bid.dateTime);
        clock.record();
      }
      List<Clock.Count> counts = new ArrayList<>();
      try (KeyValueIterator<Integer, Long> all = driver.<Integer, Long>getKeyValueStore("counts").all()) {
        all.forEachRemaining(entry -> counts.add(new Clock.Count(entry.key, entry.value)));
      }
      System.out.println(clock.result(counts));
    }
  }

  private static List<CountedBid> read(Path file) throws Exception {
    List<CountedBid> bids = new ArrayList<>();
    try (var lines = Files.lines(file)) {
      lines.forEach(line -> bids.add(BidSerde.read(line.getBytes())));
    }
    return bids;
  }
}

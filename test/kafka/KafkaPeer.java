import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The other side, as Java writes and reads it: bootstrap, topic prefix, number of records, codecs. */
public class KafkaPeer {
  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0];
    String prefix = arguments[1];
    int count = Integer.parseInt(arguments[2]);
    for (String codec : arguments[3].split(",")) {
      Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "compression.type", codec, "linger.ms", 100, "batch.size", 200000);
      try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        for (int i = 0; i < count; i++) producer.send(new ProducerRecord<>(prefix + "-java-" + codec, 0, "" + i, valueOf(i)));
      }
      System.out.println(codec + " " + read(bootstrap, prefix + "-js-" + codec, count));
    }
  }

  static String valueOf(int i) {
    return "value " + i + " " + "words that come again ".repeat(i % 7);
  }

  static String read(String bootstrap, String topic, int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest", "isolation.level", "read_committed", "check.crcs", "true");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      List<ConsumerRecord<String, String>> found = new ArrayList<>();
      long until = System.currentTimeMillis() + 15000;
      while (found.size() < count && System.currentTimeMillis() < until) consumer.poll(Duration.ofMillis(200)).forEach(found::add);
      for (int i = 0; i < found.size(); i++) if (!found.get(i).value().equals(valueOf(i))) return "another value at " + i;
      return found.stream().map(ConsumerRecord::key).collect(Collectors.toSet()).size() + " records";
    }
  }
}

package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Bids as JSON. */
final class BidSerde {
  private static final ObjectReader READER = new ObjectMapper().readerFor(CountedBid.class);
  private static final ObjectWriter WRITER = new ObjectMapper().writerFor(CountedBid.class);

  private BidSerde() {}

  static Serde<CountedBid> create() {
    return Serdes.serdeFrom((topic, bid) -> write(bid), (topic, bytes) -> read(bytes));
  }

  static CountedBid read(byte[] json) {
    try {
      return READER.readValue(json);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static byte[] write(CountedBid bid) {
    try {
      return WRITER.writeValueAsBytes(bid);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}

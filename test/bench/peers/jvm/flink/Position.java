package bench;

import java.nio.ByteBuffer;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The only split of {@link MemorySource}: how many elements have been given out. */
record Position(long next) implements SourceSplit {
  static final SimpleVersionedSerializer<Position> SERIALIZER =
      new SimpleVersionedSerializer<>() {
        @Override
        public int getVersion() {
          return 1;
        }

        @Override
        public byte[] serialize(Position position) {
          return ByteBuffer.allocate(8).putLong(position.next()).array();
        }

        @Override
        public Position deserialize(int version, byte[] bytes) {
          return new Position(ByteBuffer.wrap(bytes).getLong());
        }
      };

  @Override
  public String splitId() {
    return "all";
  }
}

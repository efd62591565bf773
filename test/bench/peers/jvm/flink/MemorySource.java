package bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Gives out the elements that {@link #use} was told, again and again as often as it was told. They are static, since sources are
 * serialized. A bounded source with one split, which can be replayed from a position; one poll gives out many elements.
 */
public final class MemorySource<T> implements Source<T, Position, Position> {
  private static final int POLL = 512;

  private static Object[] elements;
  private static long warmUp;
  private static long end;
  private static long patience;
  static volatile int checkpoints;

  /** @param begins after so many elements the clock starts; @param count given out, or fewer after {@code longest} nanoseconds */
  static void use(Object[] all, long begins, long count, long longest) {
    elements = all;
    warmUp = begins;
    end = count;
    patience = longest;
    checkpoints = 0;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<T, Position> createReader(SourceReaderContext context) {
    return new Reader<>(context);
  }

  @Override
  public SplitEnumerator<Position, Position> createEnumerator(SplitEnumeratorContext<Position> context) {
    return new OneSplit(context, new Position(0));
  }

  @Override
  public SplitEnumerator<Position, Position> restoreEnumerator(
      SplitEnumeratorContext<Position> context, Position split) {
    return new OneSplit(context, split);
  }

  @Override
  public SimpleVersionedSerializer<Position> getSplitSerializer() {
    return Position.SERIALIZER;
  }

  @Override
  public SimpleVersionedSerializer<Position> getEnumeratorCheckpointSerializer() {
    return Position.SERIALIZER;
  }

  private static final class Reader<T> implements SourceReader<T, Position> {
    private final SourceReaderContext context;
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private long position = -1;
    private long started;

    Reader(SourceReaderContext context) {
      this.context = context;
    }

    @Override
    public void start() {
      context.sendSplitRequest();
    }

    @Override
    @SuppressWarnings("unchecked")
    public InputStatus pollNext(ReaderOutput<T> output) {
      if (position < 0) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      if (position == warmUp) {
        Meter.begin();
      }
      int from = (int) (position % elements.length);
      long until = Math.min(position + POLL, position < warmUp ? warmUp : end);
      int to = (int) Math.min(elements.length, from + until - position);
      for (int at = from; at < to; at++) {
        output.collect((T) elements[at]);
      }
      position += to - from;
      boolean more = position < end && System.nanoTime() - started < patience;
      return more ? InputStatus.MORE_AVAILABLE : InputStatus.END_OF_INPUT;
    }

    @Override
    public List<Position> snapshotState(long checkpoint) {
      return position < 0 ? List.of() : List.of(new Position(position));
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
      checkpoints++;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<Position> splits) {
      position = splits.get(0).next();
      started = System.nanoTime();
      available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}

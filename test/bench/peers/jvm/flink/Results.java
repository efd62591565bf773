package bench;

import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** The consumer of all queries: counts the results, takes each up into a checksum, and stops the clock at the end of the stream. */
final class Results<R> implements Sink<R> {
  /** The checksum after a result. */
  interface Checksum<R> extends Serializable {
    int after(int checksum, R result);
  }

  static volatile long outputs;
  static volatile int checksum;

  private final Checksum<R> sum;

  Results(Checksum<R> sum) {
    this.sum = sum;
  }

  @Override
  public SinkWriter<R> createWriter(WriterInitContext context) {
    return new Writer<>(sum);
  }

  private static final class Writer<R> implements SinkWriter<R> {
    private final Checksum<R> sum;
    private long count;
    private int checked;

    Writer(Checksum<R> sum) {
      this.sum = sum;
    }

    @Override
    public void write(R result, Context context) {
      count++;
      checked = sum.after(checked, result);
    }

    @Override
    public void flush(boolean ended) {
      if (!ended) {
        return;
      }
      Meter.end();
      outputs = count;
      checksum = checked;
    }

    @Override
    public void close() {}
  }
}

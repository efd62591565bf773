package bench;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the split to the reader that asks. */
final class OneSplit implements SplitEnumerator<Position, Position> {
  private final SplitEnumeratorContext<Position> context;
  private final Position split;

  OneSplit(SplitEnumeratorContext<Position> context, Position split) {
    this.context = context;
    this.split = split;
  }

  @Override
  public void handleSplitRequest(int reader, String host) {
    context.assignSplit(split, reader);
    context.signalNoMoreSplits(reader);
  }

  @Override
  public Position snapshotState(long checkpoint) {
    return split;
  }

  @Override
  public void start() {}

  @Override
  public void addSplitsBack(List<Position> splits, int reader) {}

  @Override
  public void addReader(int reader) {}

  @Override
  public void close() {}
}

package bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;

/** Times from one record to another, both told by their number. */
final class Clock {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final CountDownLatch ended = new CountDownLatch(1);
  private final long warmUp;
  private final long all;
  private long records;
  private long began;
  private long beganCpu;
  private long wall;
  private long cpu;

  Clock(long warmUp, long all) {
    this.warmUp = warmUp;
    this.all = all;
  }

  void record() {
    records++;
    if (records == warmUp) {
      beganCpu = SYSTEM.getProcessCpuTime();
      began = System.nanoTime();
    } else if (records == all) {
      wall = System.nanoTime() - began;
      cpu = SYSTEM.getProcessCpuTime() - beganCpu;
      ended.countDown();
    }
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** @param counts of all auctions */
  String result(Iterable<Count> counts) {
    long outputs = 0;
    int checksum = 0;
    int keys = 0;
    for (Count count : counts) {
      int bids = (int) count.bids();
      outputs += bids;
      // What all counts of the auction, 1, 2, … bids, add up to.
      checksum += count.auction() * 0x9e3779b1 * (bids * bids);
      keys++;
    }
    return String.format(
        "{\"wallMs\":%.3f,\"cpuMs\":%.3f,\"elements\":%d,\"outputs\":%d,\"checksum\":%d,\"keys\":%d}",
        wall / 1e6, cpu / 1e6, all - warmUp, outputs, checksum, keys);
  }

  record Count(int auction, long bids) {}
}

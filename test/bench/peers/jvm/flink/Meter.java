package bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a job took, from the element behind its warm-up until its stream had completed. All is static: source and sink are in this JVM, and
 * the job's graph is serialized.
 */
final class Meter {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static volatile long began;
  private static volatile long beganCpu;
  private static volatile long beganCollecting;
  private static volatile long wall;
  private static volatile long cpu;
  private static volatile long collecting;

  private Meter() {}

  static void begin() {
    beganCollecting = collectingMs();
    beganCpu = SYSTEM.getProcessCpuTime();
    began = System.nanoTime();
  }

  static void end() {
    wall = System.nanoTime() - began;
    cpu = SYSTEM.getProcessCpuTime() - beganCpu;
    collecting = collectingMs() - beganCollecting;
  }

  static double wallMs() {
    return wall / 1e6;
  }

  /** Of all threads: the collector's and the compiler's too. */
  static double cpuMs() {
    return cpu / 1e6;
  }

  static long gcMs() {
    return collecting;
  }

  private static long collectingMs() {
    long sum = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      sum += collector.getCollectionTime();
    }
    return sum;
  }
}

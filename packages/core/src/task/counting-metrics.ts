import type { Metrics } from '@sluice/connector-sdk';

/** Metrics that are kept in memory and can be read. */
export interface CountingMetrics extends Metrics {
  /** Counters, gauges and the sums of histograms, by name. */
  read(): ReadonlyMap<string, number>;
}

/** The default: counts, so that nothing is dropped in silence. */
export function countingMetrics(): CountingMetrics {
  const counts = new Map<string, number>();
  const gauges = new Map<string, () => number>();
  const add = (name: string, delta: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + delta);
  };
  return {
    counter(name) {
      add(name, 0);
      return { add: (delta = 1) => add(name, delta) };
    },
    gauge(name, read) {
      gauges.set(name, read);
    },
    histogram: (name) => ({ record: (value) => add(name, value) }),
    read: () => new Map([...counts, ...[...gauges].map(([name, read]) => [name, read()] as const)]),
  };
}

import type { Clock } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import { Bench } from '../task/bench.js';
import { countingMetrics } from '../task/counting-metrics.js';
import { silentLogger } from '../task/plugin-context.js';

/** Keys come from the state that is restored: nothing is ever fed but the end of the input. */
interface SavedWindowsOptions {
  readonly maxParallelism: number;
  readonly clock: Clock;
  readonly bytes: Uint8Array;
}

/**
 * What the windows of a saved operator would give if the input ended now: the operator itself is asked, so that it does not matter how it keeps
 * them.
 */
export function savedWindows<K, T, R>(
  windows: OperatorFunction<Keyed<K, T>, R>,
  { maxParallelism, clock, bytes }: SavedWindowsOptions,
): readonly R[] {
  const keyed$ = streamOf<Keyed<K, T>>({
    kind: 'savepoint',
    inputs: [],
    gives: 'keyed',
    assignsTimestamps: true,
    role: { type: 'feed', clock, connect: () => {} },
  });
  const results: R[] = [];
  const bench = new Bench(nodeOf(windows(keyed$)), {
    clock,
    logger: silentLogger,
    metrics: countingMetrics(),
    maxParallelism,
    restored: () => bytes,
    end: {
      next: (result) => void results.push(result as R),
      watermark: () => {},
      barrier: () => {},
      status: () => {},
      error: (error) => bench.fail(error),
      complete: () => {},
    },
    sideOutput: () => {},
  });
  try {
    bench.feed(() => bench.input(nodeOf(keyed$))?.watermark(Number.POSITIVE_INFINITY));
  } finally {
    bench.close();
  }
  return results;
}

import type { StreamObserver } from '../marbles/engine-streams.js';
import type { HarnessInput } from './harness-contract.js';
import { CapturingBarrier } from './harness-snapshot.js';
import type { Bench } from './open-bench.js';

/** The way into one input of a bench. */
export function feedingInput(bench: Bench, input: StreamObserver): HarnessInput<unknown> {
  return {
    element: (value, timestamp = Number.NaN) => bench.feed(() => input.next(value, timestamp)),
    watermark: (timestamp) => bench.feed(() => input.watermark(timestamp)),
    idle: () => bench.feed(() => input.status(true)),
    active: () => bench.feed(() => input.status(false)),
    barrier(checkpoint) {
      const barrier = new CapturingBarrier(checkpoint);
      bench.pass(() => input.barrier(barrier));
      // What is captured is encoded: else the next one would find it open.
      barrier.encode();
    },
    end: () => bench.feed(() => input.watermark(Number.POSITIVE_INFINITY)),
  };
}

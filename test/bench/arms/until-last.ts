import type { ArmResult } from '../arm.js';
import { type Extent, resultConsumer } from './result-consumer.js';

/** The consumer of streams that never complete: the clock stops at the last result, and `last` is told. */
export function untilLast<R>({ warmUp, timed }: Extent, hash: (result: R) => number) {
  const { consume, completed, result } = resultConsumer({ warmUp, timed }, hash);
  let pending = warmUp + timed;
  let told: () => void;
  const last = new Promise<void>((resolve) => {
    told = resolve;
  });
  return {
    consume(value: R): void {
      consume(value);
      if (--pending > 0) return;
      completed();
      told();
    },
    last,
    result: (notes?: ArmResult['notes']): ArmResult => result(notes),
  };
}

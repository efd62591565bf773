import type { ArmResult } from '../arm.js';
import { TIMED_BATCHES, WARM_UP_BATCHES } from './bid-stream.js';
import { StreamTimer } from './stream-timer.js';

/** The consumer of all arms of a query of windows: takes each result up into a checksum that does not depend on their order. */
export function windowsConsumer<R>(hashOf: (result: R) => number) {
  const timer = new StreamTimer(WARM_UP_BATCHES, TIMED_BATCHES);
  let outputs = 0;
  let checksum = 0;
  return {
    consume(result: R): void {
      outputs++;
      checksum = (checksum + hashOf(result)) | 0;
    },
    begins: (batch: number) => timer.begins(batch),
    completed: () => timer.completed(),
    result: (): ArmResult => ({ ...timer.result(), outputs, checksum }),
  };
}

import type { ArmResult } from '../arm.js';
import { TIMED_BATCHES, WARM_UP_BATCHES } from './bid-stream.js';
import { type CategoryPrice, hashOfPrice } from './q4-data.js';
import { StreamTimer } from './stream-timer.js';

/** The consumer of all arms of q4: keeps the last result of each category. */
export function q4Consumer() {
  const timer = new StreamTimer(WARM_UP_BATCHES, TIMED_BATCHES);
  const last: CategoryPrice[] = [];
  let outputs = 0;
  return {
    consume(price: CategoryPrice): void {
      outputs++;
      last[price.category] = price;
    },
    begins: (batch: number) => timer.begins(batch),
    completed: () => timer.completed(),
    result: (): ArmResult => ({
      ...timer.result(),
      outputs,
      checksum: last.reduce((sum, price) => (sum + hashOfPrice(price)) | 0, 0),
    }),
  };
}

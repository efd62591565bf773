import type { ArmResult } from '../arm.js';
import { Meter } from '../meter.js';

/** How much of a stream is timed, when each element has one result. */
export interface Extent {
  readonly warmUp: number;
  readonly timed: number;
}

/** The consumer of all arms of a query with one result for each element: adds up what `hash` makes of each, and keeps the last, so that each is really made. */
export function resultConsumer<R>({ warmUp, timed }: Extent, hash: (result: R) => number) {
  const meter = new Meter(warmUp, warmUp + timed);
  let mark = warmUp;
  let outputs = 0;
  let checksum = 0;
  let last: R | undefined;
  return {
    consume(result: R): void {
      last = result;
      checksum = (checksum + hash(result)) | 0;
      if (++outputs === mark) mark = meter.reached();
    },
    completed: () => meter.completed(),
    result(notes?: ArmResult['notes'], keys?: number): ArmResult {
      if (last === undefined) throw new Error('the arm emitted nothing');
      return {
        ...meter.result(),
        outputs,
        checksum,
        ...(keys !== undefined && { keys }),
        ...(notes && { notes }),
      };
    },
  };
}

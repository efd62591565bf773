import { Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { COUNT_STREAM } from './count-data.js';

/** A bid and the place that it is written to. */
export interface Written {
  readonly place: string;
  readonly bid: Bid;
}

/** Bids in turn for `places` places, so that each is written several times and no batch writes one of them twice. */
export function writtenBids(bids: number, places: number): Written[] {
  return takeBids(createNexmark(COUNT_STREAM), bids).map((bid, index) => ({ place: `${index % places}`, bid }));
}

/** Times writing from when element number `warmUp` is handed to the writer until all have been written. */
export function writeTimer(warmUp: number, elements: number) {
  const meter = new Meter(warmUp, elements);
  let given = 0;
  let mark = warmUp;
  return {
    given(count = 1): void {
      given += count;
      if (given >= mark) mark = meter.reached();
    },
    completed: () => meter.completed(),
    result: () => meter.result(),
  };
}

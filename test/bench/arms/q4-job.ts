import {
  aggregateByKey,
  averageOf,
  boundedOutOfOrderness,
  callbackSink,
  createJob,
  fromSource,
  intervalJoin,
  keyBy,
  processKeyed,
  to,
  valueState,
  withTimestamps,
} from '@sluice/core';
import { filter, map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { LAG_MS } from './bid-stream.js';
import { eventStream } from './event-stream.js';
import { q4Consumer } from './q4-consumer.js';
import { LONGEST_MS } from './q4-data.js';

interface Winner {
  readonly category: number;
  readonly price: number;
}

/** q4 as a user would write it. */
export async function q4InJob(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = q4Consumer();
  const events$ = fromSource(batchSource(batches, 1, begins)).pipe(
    withTimestamps((event) => event.dateTime, boundedOutOfOrderness(LAG_MS)),
  );
  const bids$ = events$.pipe(
    filter((event) => event.bid !== undefined),
    map(({ bid }) => bid),
    keyBy(({ auction }) => auction),
  );
  const bidsInTime$ = events$.pipe(
    filter((event) => event.auction !== undefined),
    map(({ auction }) => auction),
    keyBy(({ id }) => id),
    intervalJoin(bids$, { within: [0, LONGEST_MS] }, (auction, bid) => ({ auction, bid })),
    filter(({ auction, bid }) => bid.dateTime <= auction.expires),
  );
  const flow = bidsInTime$.pipe(
    keyBy(({ auction }) => auction.id),
    processKeyed({
      state: { highest: valueState<Winner>() },
      onElement({ auction: { category, expires }, bid: { price } }, { state, timers }) {
        const highest = state.highest.get();
        if (highest === undefined) timers.event(expires);
        if (highest === undefined || price > highest.price) state.highest.set({ category, price });
      },
      onTimer(_expires, { state }) {
        const highest = state.highest.get();
        state.highest.clear();
        return highest;
      },
    }),
    keyBy(({ category }) => category),
    aggregateByKey(averageOf(({ price }) => price)),
    to(callbackSink(({ key, value }) => consume({ category: key, average: value }))),
  );
  await createJob('q4', flow).run();
  completed();
  return result();
}

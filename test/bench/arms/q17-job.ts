import {
  type AggregateFunction,
  aggregateByKey,
  allOf,
  averageOf,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  maxOf,
  minOf,
  sumOf,
  to,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { batchSource } from './batch-source.js';
import { q17Consumer, type Statistics } from './q17-consumer.js';
import { DAY, q17Bids } from './q17-data.js';

const price = (bid: Bid): number => bid.price;

/** What q17 knows of the bids of an auction on a day. */
export const statistics = (): AggregateFunction<Bid, unknown, Statistics> =>
  allOf({
    bids: countOf<Bid>(),
    low: countOf<Bid>((bid) => bid.price < 10_000),
    middle: countOf<Bid>((bid) => bid.price >= 10_000 && bid.price < 1_000_000),
    high: countOf<Bid>((bid) => bid.price >= 1_000_000),
    least: minOf(price),
    greatest: maxOf(price),
    mean: averageOf(price),
    total: sumOf(price),
  });

/** q17 as a user would write it; no checkpoints. */
export async function q17InJob(): Promise<ArmResult> {
  const batches = q17Bids();
  const { consume, completed, result } = q17Consumer();
  const flow = fromSource(batchSource(batches)).pipe(
    keyBy((bid) => [Math.floor(bid.dateTime / DAY), bid.auction]),
    aggregateByKey(statistics()),
    to(callbackSink((keyed) => consume(keyed.key[1], keyed.key[0], keyed.value, keyed))),
  );
  await createJob('q17', flow).run();
  completed();
  return result();
}

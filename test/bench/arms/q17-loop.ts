import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { q17Consumer } from './q17-consumer.js';
import { DAY, q17Bids } from './q17-data.js';

/** What a program by hand keeps of an auction. */
export interface Accumulator {
  bids: number;
  low: number;
  middle: number;
  high: number;
  least: number;
  greatest: number;
  total: number;
}

export type Days = Map<number, Map<number, Accumulator>>;
export type Consume = ReturnType<typeof q17Consumer>['consume'];

/** q17 by hand: a Map for each day, accumulators changed in place, one object emitted for each bid. */
export async function q17InLoop(): Promise<ArmResult> {
  const batches = q17Bids();
  const { consume, completed, result } = q17Consumer();
  const days: Days = new Map();
  for (const values of batches) takeAll(days, values, consume);
  completed();
  return result();
}

export function takeAll(days: Days, values: readonly Bid[], consume: Consume): void {
  for (let index = 0; index < values.length; index++) {
    const { auction, price, dateTime } = values[index] as Bid;
    const day = Math.floor(dateTime / DAY);
    let auctions = days.get(day);
    if (auctions === undefined) {
      auctions = new Map();
      days.set(day, auctions);
    }
    let kept = auctions.get(auction);
    if (kept === undefined) {
      kept = { bids: 0, low: 0, middle: 0, high: 0, least: price, greatest: price, total: 0 };
      auctions.set(auction, kept);
    }
    kept.bids++;
    if (price < 10_000) kept.low++;
    else if (price < 1_000_000) kept.middle++;
    else kept.high++;
    if (price < kept.least) kept.least = price;
    if (price > kept.greatest) kept.greatest = price;
    kept.total += price;
    const { bids, low, middle, high, least, greatest, total } = kept;
    const output = { auction, day, bids, low, middle, high, least, greatest, mean: total / bids, total };
    consume(auction, day, output, output);
  }
}

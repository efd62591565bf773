import { groupBy, mergeMap, Observable, scan } from 'rxjs';
import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { q17Consumer, type Statistics } from './q17-consumer.js';
import { DAY, q17Bids } from './q17-data.js';

type Rolling = Statistics & { readonly auction: number; readonly day: number };

const NONE: Rolling = {
  auction: 0,
  day: 0,
  bids: 0,
  low: 0,
  middle: 0,
  high: 0,
  least: Number.POSITIVE_INFINITY,
  greatest: Number.NEGATIVE_INFINITY,
  mean: 0,
  total: 0,
};

/** q17 with RxJS alone: groupBy, whose keys are compared as Map does, so a pair has to become a string; mergeMap; scan. */
export async function q17InRxJS(): Promise<ArmResult> {
  const batches = q17Bids();
  const { consume, completed, result } = q17Consumer();
  new Observable<Bid>((subscriber) => {
    for (const values of batches) {
      for (let index = 0; index < values.length; index++) subscriber.next(values[index] as Bid);
    }
    subscriber.complete();
  })
    .pipe(
      groupBy((bid) => `${dayOf(bid)}/${bid.auction}`),
      mergeMap((bids) => bids.pipe(scan(take, NONE))),
    )
    .subscribe({
      next: (rolling) => consume(rolling.auction, rolling.day, rolling, rolling),
      complete: completed,
    });
  return result();
}

function dayOf(bid: Bid): number {
  return Math.floor(bid.dateTime / DAY);
}

function take(before: Rolling, bid: Bid): Rolling {
  const { auction, price } = bid;
  const bids = before.bids + 1;
  const total = before.total + price;
  return {
    auction,
    day: dayOf(bid),
    bids,
    low: price < 10_000 ? before.low + 1 : before.low,
    middle: price >= 10_000 && price < 1_000_000 ? before.middle + 1 : before.middle,
    high: price >= 1_000_000 ? before.high + 1 : before.high,
    least: Math.min(price, before.least),
    greatest: Math.max(price, before.greatest),
    mean: total / bids,
    total,
  };
}

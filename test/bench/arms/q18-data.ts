import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { inBatches } from './batch-source.js';

/**
 * The bids of q18, here and in the peers: those among the events 0, 1, 2, … of `createNexmark(Q18_STREAM)`, in that order, so that
 * timestamps (`dateTime`) never go down; `Q18_WARM_UP` of them before the timed part.
 *
 * q18: the last bid of each bidder on each auction. What is kept for a pair (bidder, auction) is its bid with the greatest `dateTime`; of
 * several the one that came last. For each bid there is one result at once, the whole bid that is kept after it: what a rolling reduce
 * emits. As nothing is out of order here that is each bid itself, which Flink SQL, keeping the last row by event time, sends as
 * UPDATE_AFTER (its UPDATE_BEFORE is not asked for). Nothing is forgotten: more than a quarter of the bids are the first of their pair.
 */
export const Q18_STREAM = { seed: 1, rate: 20_000, base: Date.UTC(2026, 0, 1) } as const;
export const Q18_WARM_UP = sized(500_000);
export const Q18_BIDS = sized(5_000_000);

/** A checksum adds this up for all results, in 32 bits as well. */
export function hashOfLastBid({ auction, bidder, price, dateTime }: Bid): number {
  const named = Math.imul(Math.imul(auction, 31) + bidder, 31) + price;
  return (Math.imul(named, 31) + (dateTime - Q18_STREAM.base)) | 0;
}

export function q18Bids(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(Q18_STREAM), Q18_WARM_UP + Q18_BIDS));
  collectGarbage();
  return batches;
}

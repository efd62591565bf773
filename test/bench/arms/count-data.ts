import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { inBatches } from './batch-source.js';

/**
 * The bids that are counted, here and in the peers: those among the events 0, 1, 2, … of `createNexmark(COUNT_STREAM)`, in that order,
 * `COUNT_WARM_UP` of them before the timed part.
 */
export const COUNT_STREAM = { seed: 1, rate: 20_000, base: Date.UTC(2026, 0, 1) } as const;
export const COUNT_WARM_UP = sized(500_000);
export const COUNT_BIDS = sized(1_500_000);

/**
 * A keyed count: for each bid there is one result at once, how many bids its auction has so far, this one counted.
 *
 * A checksum adds this up for all results, in 32 bits as well. `bids²` of an auction is the sum of `2·bids − 1` up to there: whoever leaves
 * out updates in between, as a cache does, adds `hashOfLastCount` for the last result of each auction and comes to the same.
 */
export function hashOfCount(auction: number, bids: number): number {
  return Math.imul(spread(auction), 2 * bids - 1);
}

export function hashOfLastCount(auction: number, bids: number): number {
  return Math.imul(spread(auction), Math.imul(bids, bids));
}

function spread(auction: number): number {
  return Math.imul(auction, 0x9e3779b1);
}

export function countBids(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(COUNT_STREAM), COUNT_WARM_UP + COUNT_BIDS));
  collectGarbage();
  return batches;
}

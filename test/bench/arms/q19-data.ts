import type { Bid } from '../nexmark/events.js';

/**
 * q19: the ten highest bids of each auction, the highest first; of equal ones the first to come. For each bid that is one of them there is
 * one result at once, the whole ranking, which is not changed later.
 */
export const RANKED = 10;

/** A checksum adds this up for all results, in 32 bits as well. */
export function hashOfRanking(auction: number, ranking: readonly Bid[]): number {
  const first = ranking[0] as Bid;
  const last = ranking[ranking.length - 1] as Bid;
  const named = Math.imul(Math.imul(auction, 31) + ranking.length, 31) + first.bidder;
  return (Math.imul(named, 31) + first.price * 3 + last.price) | 0;
}

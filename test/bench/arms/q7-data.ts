import type { Bid } from '../nexmark/events.js';
import { BID_STREAM } from './bid-stream.js';

/**
 * q7: the highest bid. For each window of 10 s, `[start, end)` with starts at multiples of 10 s, that has a bid in it there is one result:
 * the whole bid with the greatest price; of several the first one of the stream. The results are those of all windows, the last of which
 * ends behind the last bid.
 */
export interface HighestBid {
  /** Of the window, in epoch milliseconds. */
  readonly end: number;
  readonly bid: Bid;
}

export const SIZE_MS = 10_000;

/** A checksum adds this up for all results, in 32 bits as well. */
export function hashOfHighestBid({ end, bid: { auction, bidder, price, dateTime } }: HighestBid): number {
  const named = Math.imul(Math.imul(auction, 31) + bidder, 31) + price;
  return (Math.imul(Math.imul(named, 31) + (dateTime - BID_STREAM.base), 31) + (end - BID_STREAM.base)) | 0;
}

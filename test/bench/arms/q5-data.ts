import { BID_STREAM } from './bid-stream.js';

/**
 * q5: hot items. Bids are counted for each auction in windows of 10 s that begin every 2 s, at multiples of 2 s: `[start, end)`. For each
 * window with a bid in it there is one result: the greatest count, and the auction that has it; of several the one with the lowest
 * number. The results are those of all windows, the last of which end behind the last bid.
 */
export interface HotItem {
  /** Of the window, in epoch milliseconds; `end` is start + 10,000. */
  readonly end: number;
  readonly auction: number;
  readonly bids: number;
}

export const SIZE_MS = 10_000;
export const SLIDE_MS = 2_000;

/** Results by their order are no part of the query, so a checksum adds this up for all, in 32 bits as well. */
export function hashOfHotItem({ end, auction, bids }: HotItem): number {
  return (Math.imul(Math.imul(auction, 31) + bids, 31) + (end - BID_STREAM.base)) | 0;
}

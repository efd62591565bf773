import { BID_STREAM } from './bid-stream.js';

/**
 * q11: user sessions. The bids of a bidder that are at most 10 s apart belong to one session, `[start, end)`: it starts with its first bid
 * and ends 10 s after its last one. For each session there is one result: how many bids it has. The results are those of all sessions, the
 * last of which end behind the last bid.
 */
export interface UserSession {
  readonly bidder: number;
  readonly bids: number;
  /** In epoch milliseconds; `end` is 10,000 more than the time of its last bid. */
  readonly start: number;
  readonly end: number;
}

export const GAP_MS = 10_000;

/** A checksum adds this up for all results, in 32 bits as well. */
export function hashOfSession({ bidder, bids, start, end }: UserSession): number {
  const named = Math.imul(Math.imul(bidder, 31) + bids, 31) + (start - BID_STREAM.base);
  return (Math.imul(named, 31) + (end - BID_STREAM.base)) | 0;
}

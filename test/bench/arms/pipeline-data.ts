import type { Bid } from '../nexmark/events.js';

/** A pipeline of three steps: bids on even auctions, in euros, and for each at once how many of its auction were large so far. */
export const isEven = (bid: Bid): boolean => bid.auction % 2 === 0;
export const inEuros = (bid: Bid): number => bid.price * 0.908;
export const isLarge = (euros: number): boolean => euros >= 10_000;

/** A checksum adds this up for all results, in 32 bits as well. */
export function hashOfCount(auction: number, bids: number): number {
  return Math.imul(Math.imul(auction, 31) + bids, 0x9e3779b1);
}

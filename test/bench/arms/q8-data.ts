import { EVENT_STREAM } from './event-stream.js';

/**
 * q8: new people who sell. For each window of 10 s, `[start, end)` with starts at multiples of 10 s, and each pair of a person and an
 * auction of that seller that are both of this window there is one result, at the end of the window. The results are those of all
 * windows, the last of which ends behind the last event.
 */
export interface NewSeller {
  readonly person: number;
  readonly name: string;
  readonly auction: number;
  /** Of the window, in epoch milliseconds. */
  readonly start: number;
}

export const SIZE_MS = 10_000;

/** A checksum adds this up for all results, in 32 bits as well; lengths are those of UTF-16. */
export function hashOfNewSeller({ person, name, auction, start }: NewSeller): number {
  const named = Math.imul(Math.imul(person, 31) + name.length, 31) + auction;
  return (Math.imul(named, 31) + (start - EVENT_STREAM.base)) | 0;
}

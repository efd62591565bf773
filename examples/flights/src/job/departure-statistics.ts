import { defineAggregate, defineCodec } from '@sluice/core';
import type { Flight } from '../data/flight.js';

/** What is said about the departures of one airport in one hour; delays in minutes. */
export interface DepartureStatistics {
  readonly flights: number;
  /** Departures at least 15 minutes after the schedule. */
  readonly delayed: number;
  readonly mean: number;
  /** By nearest rank: the smallest delay that 95 % of the flights do not exceed. */
  readonly p95: number;
  readonly worst: number;
}

const delayedFrom = 15;

/**
 * The accumulator is the list of delays and nothing else: an hour at an airport has a hundred departures at most, an exact
 * percentile needs them all, and everything else follows from them when the window fires.
 */
export const departureStatistics = defineAggregate<Pick<Flight, 'delay'>, number[], DepartureStatistics>({
  create: () => [],
  add(delays, flight) {
    delays.push(flight.delay);
    return delays;
  },
  merge: (a, b) => a.concat(b),
  result(delays) {
    const sorted = Int32Array.from(delays).sort();
    const flights = sorted.length;
    let total = 0;
    let delayed = 0;
    for (const delay of sorted) {
      total += delay;
      if (delay >= delayedFrom) delayed++;
    }
    // Multiplied first: 0.95 × n is not exact, and would be a rank too high for some n.
    const p95 = sorted[Math.ceil((95 * flights) / 100) - 1] ?? 0;
    return { flights, delayed, mean: total / flights, p95, worst: sorted[flights - 1] ?? 0 };
  },
  codec: defineCodec<number[]>({
    version: 1,
    encode: (delays) => new Uint8Array(Int32Array.from(delays).buffer),
    // Copied: the bytes may stand anywhere in a larger buffer, and 32-bit numbers must be aligned.
    decode: (_version, bytes) => Array.from(new Int32Array(bytes.slice().buffer)),
  }),
});

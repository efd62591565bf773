import { defineSink, type IdempotentSink } from '@sluice/connector-sdk';
import type { Arrival } from './collect-sink.js';

/** A key-value store in memory, and what it holds. */
export interface CollectIdempotentSink<T> extends IdempotentSink<T> {
  /** The newest element of each key. */
  readonly byKey: ReadonlyMap<string, T>;
  /** How many writes there were, repeated ones included. */
  readonly writes: number;
  /** What was written when, and by which run. */
  readonly arrivals: readonly Arrival<T>[];
}

/**
 * Keeps the newest element under each key, as a store that is written by key does: what a crash makes the job write again changes
 * nothing. What it holds outlives the runs of a job.
 *
 * @param keyOf The key, a function of the element alone
 *
 * @example
 * const totals = collectIdempotentSink<{ user: string; total: number }>((row) => row.user);
 */
export function collectIdempotentSink<T>(keyOf: (value: T) => string): CollectIdempotentSink<T> {
  const byKey = new Map<string, T>();
  const arrivals: Arrival<T>[] = [];
  let writes = 0;
  const sink = defineSink<T>({
    name: 'collectIdempotent',
    guarantee: 'idempotent',
    keyOf,
    open: async ({ clock, epoch }) => ({
      write(value, timestamp) {
        writes++;
        arrivals.push({ value, timestamp, at: clock.now(), epoch });
        byKey.set(keyOf(value), value);
        return undefined;
      },
      flush: async () => {},
      close: async () => {},
    }),
  });
  return Object.defineProperty(Object.assign(sink, { byKey, arrivals }), 'writes', {
    get: () => writes,
    enumerable: true,
  }) as unknown as CollectIdempotentSink<T>;
}

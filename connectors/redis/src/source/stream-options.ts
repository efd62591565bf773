import type { Duration } from '@sluice/connector-sdk';
import type { RedisConnectionOptions } from '../connection/connection-options.js';
import type { EntryPoisonPolicy } from './poison.js';
import type { StreamEntry } from './stream-entry.js';

export interface RedisStreamSourceOptions<T> extends RedisConnectionOptions {
  /** Keys of streams; each of them is a split. One that does not exist yet is waited for. */
  readonly streams: string | readonly string[];
  /** Makes the value of an entry. What it throws makes the entry a bad one. */
  readonly value: (entry: StreamEntry) => T;
  /** Where a job without a checkpoint begins: `'earliest'` (default), `'latest'` (what is added from now on), or behind the entry of an id. */
  readonly startingAt?: 'earliest' | 'latest' | { readonly id: string };
  /** `'latest'`: ends where the streams end when the job starts. Default: never. */
  readonly bounded?: 'latest';
  /** What becomes of an entry that `value` throws at, default `'fail'`. */
  readonly poison?: EntryPoisonPolicy;
  /** What becomes of a job that finds entries gone which it has not read: `'fail'` (default), or an event `redisStreamTrimmed`, and on behind them. */
  readonly trimmed?: 'fail' | 'report';
  /** The most entries that are read at once, default 500. */
  readonly count?: number;
  /** How long one read waits for new entries, default 5 s. It has no effect on how soon they come. */
  readonly block?: Duration;
}

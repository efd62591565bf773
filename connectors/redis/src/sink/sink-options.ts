import type { Duration } from '@sluice/connector-sdk';
import type { RedisConnectionOptions } from '../connection/connection-options.js';

/** What is written: numbers and bigints as decimal text, bytes as they are. */
export type RedisValue = string | number | bigint | Uint8Array;

/** What all sinks of this package have in common. */
export interface RedisSinkOptions<T> extends RedisConnectionOptions {
  /** The key that the element is written under, without the prefix. */
  readonly key: (value: T) => string;
  /** Before every key, those of our own included. Default none. */
  readonly prefix?: string;
  /** A key is gone so long after it was last written. Default: it stays. */
  readonly expire?: Duration;
  /** A batch is written when it has this many elements. Default 1,000. */
  readonly maxBatchCount?: number;
  /** A batch is written before it grows beyond so many bytes of keys and values. Default 1 MiB. */
  readonly maxBatchBytes?: number;
  /** A batch is written when its first element is this old. Default `'100ms'`. */
  readonly linger?: Duration;
}

/** What sinks have in common whose elements replace each other. */
export interface VersionedSinkOptions<T> extends RedisSinkOptions<T> {
  /**
   * A whole number from 0 that says which of two elements of a key is the newer one: an offset, a revision. The higher one stays, whatever
   * order they come in; of equal ones the last written. Default: the last written stays.
   */
  readonly version?: (value: T) => number | bigint;
  /** How long the version of something deleted is remembered, so that an older write does not bring it back. Default `'1h'`. */
  readonly tombstone?: Duration;
}

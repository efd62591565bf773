import type { Duration } from './duration.js';
import type { SinkContext, SinkWriter } from './sink.js';

/** How `batchWriter` batches, and how a batch is written. */
export interface BatchWriterOptions<T> {
  /** A batch is written when it has this many elements. Default 500. */
  readonly maxCount?: number;
  /** A batch is written before it would grow beyond this many bytes as `sizeOf` counts them; one larger element goes alone. Default: no bound. */
  readonly maxBytes?: number;
  /** Bytes of one element. Required with `maxBytes`. */
  readonly sizeOf?: (value: T) => number;
  /** A batch is written when its first element is this old. Default `'100ms'`. */
  readonly linger?: Duration;
  /** Batches that may be written at the same time. Default 1, which keeps the order of elements, retries included. */
  readonly maxInFlight?: number;
  readonly retry?: RetryPolicy;
  /**
   * Writes one batch. Elements returned as `retry` are written again, alone, after a back-off; those returned as `rejected` go to the
   * `rejected` output; a rejected promise fails the writer. `signal` is aborted when the writer is closed or the run ends.
   */
  write(batch: readonly T[], signal: AbortSignal): Promise<BatchResult<T>>;
  /** Called once, when nothing is in flight any more. */
  close?(): Promise<void>;
}

/** What became of a batch: `undefined` = all of it is durable. */
export type BatchResult<T> =
  | undefined
  | {
      /** Failed for now, in the order in which they must be tried again. */
      readonly retry?: readonly T[];
      /** What the system asks for instead of our back-off. */
      readonly retryAfter?: Duration;
      /** Can never be written. */
      readonly rejected?: readonly Rejected<T>[];
    };

/** An element that can never be written, and why. */
export interface Rejected<T> {
  readonly value: T;
  readonly cause: unknown;
}

/** How often and how soon: exponential back-off that doubles from `initial` to `max`. */
export interface RetryPolicy {
  /** Tries in all, the first included. Default 5. */
  readonly attempts?: number;
  /** The pause before the second try. Default `'100ms'`. */
  readonly initial?: Duration;
  /** No pause of ours is longer. Default `'10s'`. */
  readonly max?: Duration;
}

export declare function batchWriter<T>(context: SinkContext<T>, options: BatchWriterOptions<T>): SinkWriter<T>;

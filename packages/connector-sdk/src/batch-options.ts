import type { Duration } from './duration.js';
import { type OptionChecks, optionChecks } from './option-checks.js';

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
      /** Failed this time, in the order in which they must be tried again. */
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

/** The options, checked and filled in; durations in milliseconds. */
export interface BatchSettings {
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly linger: number;
  readonly maxInFlight: number;
  readonly attempts: number;
  readonly initialPause: number;
  readonly maxPause: number;
}

const option: OptionChecks = optionChecks('SLUICE_BATCH_OPTIONS');

export function batchSettings<T>(component: string, options: BatchWriterOptions<T>): BatchSettings {
  const { maxCount = 500, maxBytes = Infinity, linger = '100ms', maxInFlight = 1, retry = {} } = options;
  const { attempts = 5, initial = '100ms', max = '10s' } = retry;
  const countOf = (name: string, value: number): number =>
    value === Infinity ? value : option.wholeNumber(component, name, value, 1, Number.MAX_SAFE_INTEGER);
  const timeOf = (name: string, value: Duration): number => option.duration(component, name, value, 0);
  option.callback(component, 'write', options.write);
  const measured = maxBytes === Infinity || options.sizeOf !== undefined;
  option.require(component, measured, 'sizeOf', 'the bytes of an element, beside `maxBytes`', 'nothing');
  return {
    maxCount: countOf('maxCount', maxCount),
    maxBytes: countOf('maxBytes', maxBytes),
    linger: timeOf('linger', linger),
    maxInFlight: countOf('maxInFlight', maxInFlight),
    attempts: countOf('retry.attempts', attempts),
    initialPause: timeOf('retry.initial', initial),
    maxPause: timeOf('retry.max', max),
  };
}

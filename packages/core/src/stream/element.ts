import type { CapturedState, PreparedSink } from './barrier.js';

/** What a stream can be keyed by. One canonical encoding: −0 is 0, NaN is NaN, object keys are sorted. */
export type Key =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | readonly Key[]
  | { readonly [name: string]: Key };

/** An element of a keyed stream. Made by `keyBy` alone: `{ key, value }` written by hand is not one. */
export interface Keyed<K, T> {
  readonly key: K;
  readonly value: T;
  readonly '~sluice': 'keyed';
}

/** A fired window with all its elements, in order of arrival. Made by `windowBy` and `windowAll` alone. */
export interface Windowed<K, T, W> {
  readonly key: K;
  readonly window: W;
  readonly values: readonly T[];
  readonly '~sluice': 'windowed';
}

/** The current aggregate of a window at one of its firings. */
export interface WindowResult<K, R, W> {
  readonly key: K;
  readonly window: W;
  readonly value: R;
}

/** The timestamp of an element that has none. */
export const NO_TIMESTAMP = Number.NaN;

/**
 * A checkpoint passing through the graph. It overtakes no element and is overtaken by none; operators hand it what must be kept.
 */
export interface Barrier {
  readonly checkpoint: number;
  /** Takes the state of an operator as it is now. */
  capture(state: CapturedState): void;
  /** Takes what a sink must have done before the checkpoint may complete. */
  prepare(sink: PreparedSink): void;
}

/**
 * RxJS has three notifications; a stream has three more. All of them are synchronous and always accepted: whoever is full says so
 * to its task, which then holds back the sources.
 */
export interface StreamObserver<T> {
  /** `timestamp` is event time in epoch milliseconds, `NO_TIMESTAMP` (NaN) when there is none. Uses no `this`. */
  next(value: T, timestamp: number): void;
  /** No more elements at or before this event time. `Infinity` is the end of the input. */
  watermark(timestamp: number): void;
  barrier(barrier: Barrier): void;
  /** This input is idle: it no longer holds the watermark back. Or it is active again. */
  status(idle: boolean): void;
  error(error: unknown): void;
  complete(): void;
}

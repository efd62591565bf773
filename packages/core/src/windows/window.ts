/** An interval of time: `start` belongs to it, `end` does not. Epoch milliseconds. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** A window of so many elements of a key: the first has index 0. */
export interface CountWindow {
  readonly index: number;
}

/** The one window that takes every element of a key. */
export type GlobalWindow = Readonly<Record<never, never>>;

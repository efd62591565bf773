import type { StreamEntry } from './stream-entry.js';

/** An entry that could not be made a value, as a side output is given it. */
export interface PoisonEntry {
  readonly entry: StreamEntry;
  /** What `value` threw. */
  readonly cause: unknown;
}

/** Structurally the `SideTarget` of `@sluice/core`, which a connector does not import. */
export interface SideTarget<T> {
  readonly '~accepts': (value: T) => void;
}

/** `'fail'`: the job fails; `'skip'`: counted in a metric and left out; a side output: delivered there, in order, exactly once. */
export type EntryPoisonPolicy = 'fail' | 'skip' | SideTarget<PoisonEntry>;

import type { PoisonPolicyOf } from '@sluice/connector-sdk';
import type { StreamEntry } from './stream-entry.js';

/** An entry that could not be made a value, as a side output is given it. */
export interface PoisonEntry {
  readonly entry: StreamEntry;
  /** What `value` threw. */
  readonly cause: unknown;
}

/** `'fail'`: the job fails; `'skip'`: counted in a metric and left out; a side output: delivered there, in order, exactly once. */
export type EntryPoisonPolicy = PoisonPolicyOf<PoisonEntry>;

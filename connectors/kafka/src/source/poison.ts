import type { PoisonPolicyOf } from '@sluice/connector-sdk';
/** A record that could not be decoded, as a side output is given it. */
export interface PoisonRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The value as it is in the topic. Empty for a record without a value. */
  readonly bytes: Uint8Array;
  /** What the decoder threw, or a `SluiceError` that says what is wrong with the record. */
  readonly cause: unknown;
}

/** `'fail'`: the job fails; `'skip'`: counted in a metric and left out; a side output: delivered there, in order, exactly once. */
export type PoisonPolicy = PoisonPolicyOf<PoisonRecord>;

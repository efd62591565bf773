import type { PoisonPolicyOf } from '@sluice/connector-sdk';
/** A line that could not be decoded, as a side output is given it. */
export interface PoisonLine {
  /** The path as in the split's id. */
  readonly file: string;
  /** Byte offset of the line's start in the (decompressed) file. */
  readonly offset: number;
  /** The line without its terminator; of a line over `maxLineBytes` only that many first bytes. */
  readonly bytes: Uint8Array;
  /** What the decoder threw, or a `SluiceError` that says what is wrong with the line. */
  readonly cause: unknown;
}

/** `'fail'`: the job fails; `'skip'`: counted in a metric and left out; a side output: delivered there, in order, exactly once. */
export type PoisonPolicy = PoisonPolicyOf<PoisonLine>;

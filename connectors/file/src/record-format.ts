import type { BatchBuilder } from './batch.js';
import type { Boundaries, Records } from './records.js';

/** Gives each record to the batch as a value, an empty line or a bad one; stops when the batch says so. */
export type RecordDecoder<T> = (records: Records, batch: BatchBuilder<T>) => void;

/** What makes lines of a file values: where records end, and what is in them. */
export interface RecordFormat<T> {
  boundaries(): Boundaries;
  /** True: the first record of a file is not a value but tells how to decode the others. */
  readonly header: boolean;
  /** The decoder for one file. `header` is the contents of its first record, undefined when `header` above is false. */
  decoder(file: FileIdentity, header: Buffer | undefined): RecordDecoder<T>;
}

/** What errors call the file. */
export interface FileIdentity {
  readonly component: string;
  readonly path: string;
}

import type { Duration } from '@sluice/connector-sdk';
import type { CompressionName } from './compression.js';
import type { PartFormat } from './part-format.js';

export interface FileSinkOptions<T> {
  /** Where part files go. It must be there: a folder that is made because a disk is not mounted hides the mistake. */
  readonly directory: string;
  /** `ndjson()`, `csvRows({ columns })`, `textLines(text())`, or a format of your own. */
  readonly format: PartFormat<T>;
  /** None when left out. `zstd` needs Node.js 22.15, 23.8 or newer. */
  readonly compression?: CompressionName;
  /** When a part file is finished, so that readers see it once the next checkpoint is complete. */
  readonly roll?: RollOptions;
  /** The folder of a value's part file, as a relative path; all go into `directory` itself when left out. `dateBuckets` makes one. */
  readonly bucketOf?: (value: T, timestamp: number) => string;
  /** Buckets whose part files are open at the same time, default 64: of more, the one that waited longest is finished. With 1, a part ends with its bucket. */
  readonly maxOpenBuckets?: number;
  /** What the names of part files begin with, default `part`. */
  readonly prefix?: string;
}

/** Looked at with every element and at every checkpoint. */
export interface RollOptions {
  /** Bytes, default 128 MiB; of a compressed file those that are on the disk. */
  readonly maxBytes?: number;
  /** Since its first element, default 1 minute. */
  readonly maxAge?: Duration;
  /** Since its last element, default 1 minute. */
  readonly inactivity?: Duration;
  /** True: each checkpoint finishes all part files. Readers see everything at once, in more and smaller files. Default false. */
  readonly everyCheckpoint?: boolean;
}

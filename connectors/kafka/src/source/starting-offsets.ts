/** Offsets of partitions by topic: `{ clicks: { 0: 100n, 1: 250n } }`. */
export type PartitionOffsets = Readonly<Record<string, Readonly<Record<number, bigint | number>>>>;

/**
 * Where a partition is begun of which no checkpoint knows a position:
 * - `'committed'`: where the group has committed, and at the earliest record if it has not; `{ committed: … }` says what else to do then;
 * - `'earliest'`, `'latest'`;
 * - `{ timestamp }`: at the first record at or after it (epoch milliseconds), else at the end;
 * - `{ partitions, otherwise }`: at the offsets given, and for other partitions as `otherwise` says, default `'earliest'`.
 */
export type StartingOffsets =
  | 'committed'
  | { readonly committed: 'earliest' | 'latest' | 'fail' }
  | 'earliest'
  | 'latest'
  | { readonly timestamp: number }
  | { readonly partitions: PartitionOffsets; readonly otherwise?: 'committed' | 'earliest' | 'latest' };

/**
 * Where a bounded source ends, exclusive, settled when a partition is first seen:
 * - `'latest'`: at the end that the partition has then, before any transaction that is still open;
 * - `{ timestamp }`: before the first record at or after it, else at that end;
 * - `{ partitions }`: at the offsets given, and for other partitions at that end.
 */
export type BoundedOffsets = 'latest' | { readonly timestamp: number } | { readonly partitions: PartitionOffsets };

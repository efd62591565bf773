import type { RecordBatch } from './record-batch.js';

/** Whose transaction it is: what a ledger entry proves. */
export interface TransactionIdentity {
  readonly job: string;
  /** The operator's uid: two sinks of one job have different ones. */
  readonly sink: string;
  readonly incarnation: string;
  readonly epoch: number;
  readonly subtask: number;
  readonly checkpoint: number;
}

/** What a checkpoint keeps of one epoch of the sink: its records, in the order of each partition. */
export interface KafkaCommittable {
  readonly transaction: TransactionIdentity;
  readonly batches: readonly RecordBatch[];
}

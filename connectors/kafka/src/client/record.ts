/** A record as kafkajs decodes it: numbers of 64 bits are strings, bytes are views of the answer they came in. */
export interface FetchedRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
}

/** With what only the client needs to know. */
export interface RawRecord extends FetchedRecord {
  readonly isControlRecord?: boolean;
  /** The same object for every record of a batch. Absent in the message formats before 0.11. */
  readonly batchContext?: RecordBatchContext;
}

export interface RecordBatchContext {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

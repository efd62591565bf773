/** A record of a partition. Its bytes are views of the answer that it came in, made when they are asked for. */
export interface FetchedRecord {
  readonly offset: bigint;
  /** Epoch milliseconds; −1: it has none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The value as text. Undefined: there is none, or its bytes may not be UTF-8. */
  readonly text: string | undefined;
  /** Of headers with the same name, the last one. */
  readonly headers: ReadonlyMap<string, Uint8Array>;
}

/** A record as kafkajs decodes it: numbers of 64 bits are strings. */
export interface RawRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
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

/** What of an answer a reader may see, and where to go on. */
export interface VisibleRecords {
  readonly records: readonly FetchedRecord[];
  /** The next offset to fetch: behind control records, aborted transactions and what compaction took out, not only behind `records`. */
  readonly nextOffset: bigint;
  /** Bytes of keys and values. */
  readonly bytes: number;
}

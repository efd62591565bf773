import type { AbortedTransaction } from './record.js';
import { holdsBatchesOnly } from './record-set.js';

/** An answer to a fetch as kafkajs gives it, but with the records of each partition still in their bytes. */
export interface UndecodedAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime?: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly UndecodedPartition[] }[];
}

export interface UndecodedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  /** kafkajs' name for the start of the log. */
  readonly lastStartOffset?: string;
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly recordSet: Buffer;
}

/** Versions of the answer that are known here. Before 4 there were no record batches. */
export const FIRST_VERSION = 4;
export const LAST_VERSION = 11;

const WITH_LOG_START = 5;
const WITH_SESSION = 7;
/** From here on a broker asks for a pause and does not make one itself. */
const WITH_CLIENT_THROTTLE = 8;
const WITH_PREFERRED_REPLICA = 11;

/** Undefined: some records are of the formats before 0.11. */
export function fetchAnswer(body: Buffer, version: number): UndecodedAnswer | undefined {
  const reader = new FieldReader(body);
  const throttle = reader.int32();
  // An error of the session, and its id: no sessions are asked for.
  if (version >= WITH_SESSION) reader.skip(2 + 4);
  let batchesOnly = true;
  const responses = reader.list(() => ({
    topicName: reader.text(),
    partitions: reader.list(() => {
      const partition = partitionOf(reader, version);
      batchesOnly &&= holdsBatchesOnly(partition.recordSet);
      return partition;
    }),
  }));
  if (!batchesOnly) return undefined;
  return version >= WITH_CLIENT_THROTTLE
    ? { throttleTime: 0, clientSideThrottleTime: throttle, responses }
    : { throttleTime: throttle, responses };
}

function partitionOf(reader: FieldReader, version: number): UndecodedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStart = version >= WITH_LOG_START ? { lastStartOffset: reader.int64() } : {};
  const abortedTransactions = reader.list(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  if (version >= WITH_PREFERRED_REPLICA) reader.skip(4);
  const recordSet = reader.bytes();
  return { partition, errorCode, highWatermark, lastStableOffset, ...logStart, abortedTransactions, recordSet };
}

/** Node's buffers throw for what lies behind their end. */
class FieldReader {
  private at = 0;

  constructor(private readonly body: Buffer) {}

  int16(): number {
    this.at += 2;
    return this.body.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.body.readInt32BE(this.at - 4);
  }

  int64(): string {
    this.at += 8;
    return `${this.body.readBigInt64BE(this.at - 8)}`;
  }

  text(): string {
    const length = this.int16();
    this.at += length;
    return this.body.toString('utf8', this.at - length, this.at);
  }

  /** Null is empty. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0);
    this.at += length;
    return this.body.subarray(this.at - length, this.at);
  }

  /** Null is empty. */
  list<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left--) items.push(item());
    return items;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }
}

import kafkajs from 'kafkajs';
import { AbortedTransactions, type TransactionalBatch } from './aborted-transactions.js';
import { BatchRecord, NULL } from './batch-record.js';
import { KafkaFailure } from './kafka-failure.js';
import { malformed } from './malformed.js';
import type { AbortedTransaction, FetchedRecord, VisibleRecords } from './record.js';
import { RecordCursor } from './record-cursor.js';

/*
 * Where the fields of a batch lie: its first offset (8 bytes), the length of what follows (4), the leader's epoch (4), the format (1), a
 * checksum (4), and those named here, up to the number of records (4).
 */
const LENGTH = 8;
const FORMAT = 16;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const FIRST_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const COUNT = 57;
const RECORDS = 61;

const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

const FORMAT_OF_BATCHES = 2;

interface Batch extends TransactionalBatch {
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
  readonly attributes: number;
  readonly count: number;
}

/** Whether there is nothing but record batches, the format since 0.11. */
export function holdsBatchesOnly(recordSet: Buffer): boolean {
  for (let at = 0; at + FORMAT < recordSet.length; at = endOf(recordSet, at)) {
    if (recordSet[at + FORMAT] !== FORMAT_OF_BATCHES) return false;
  }
  return true;
}

/**
 * Decodes the batches of an answer, but leaves out what is before `offset` (a batch comes whole), control records, and records of aborted
 * transactions. The last batch may be cut off: it is passed over. Checksums are not looked at: TCP has its own.
 *
 * @throws KafkaFailure for what is no record batch, or is compressed by a codec that is not there
 */
export async function readRecordSet(
  recordSet: Buffer,
  offset: bigint,
  aborted: readonly AbortedTransaction[] | null | undefined,
): Promise<VisibleRecords> {
  const records: FetchedRecord[] = [];
  const transactions = new AbortedTransactions(aborted ?? []);
  let bytes = 0;
  let nextOffset = offset;
  for (let at = 0; at + RECORDS <= recordSet.length; ) {
    const end = endOf(recordSet, at);
    if (end > recordSet.length) break;
    const batch = batchOf(recordSet.subarray(at, end));
    at = end;
    const { control, lastOffset } = batch;
    const hidden = transactions.hide(batch, control ? markerOf(batch) : null) || control;
    if (lastOffset < offset) continue;
    nextOffset = lastOffset + 1n;
    if (!hidden && batch.count > 0) bytes += decode(batch, await recordsOf(batch), offset, records);
  }
  return { records, nextOffset, bytes };
}

function endOf(recordSet: Buffer, at: number): number {
  const length = recordSet.readInt32BE(at + LENGTH);
  if (length < RECORDS - LENGTH - 4) throw malformed('BATCH');
  return at + LENGTH + 4 + length;
}

function batchOf(bytes: Buffer): Batch {
  if (bytes[FORMAT] !== FORMAT_OF_BATCHES) throw malformed('FORMAT');
  const attributes = bytes.readInt16BE(ATTRIBUTES);
  const firstOffset = bytes.readBigInt64BE(0);
  return {
    bytes,
    firstOffset,
    attributes,
    lastOffset: firstOffset + BigInt(bytes.readInt32BE(LAST_OFFSET_DELTA)),
    producerId: `${bytes.readBigInt64BE(PRODUCER_ID)}`,
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    count: bytes.readInt32BE(COUNT),
  };
}

/** The records of a batch, which may be empty. */
async function recordsOf({ bytes, attributes }: Batch): Promise<Buffer> {
  const records = bytes.subarray(RECORDS);
  const type = attributes & CODEC;
  if (type === kafkajs.CompressionTypes.None) return records;
  const codec = kafkajs.CompressionCodecs[type as keyof typeof kafkajs.CompressionCodecs];
  if (codec === undefined) throw new KafkaFailure({ kind: 'codec', type: `COMPRESSION_${type}`, retriable: false });
  return codec().decompress(records);
}

/** What a control batch says: the key of its first record. Such batches are never compressed. */
function markerOf(batch: Batch): Buffer | null {
  if (batch.count <= 0) return null;
  const markers: FetchedRecord[] = [];
  decode({ ...batch, count: 1 }, batch.bytes.subarray(RECORDS), batch.firstOffset, markers);
  return markers[0]?.key ?? null;
}

/** Records from `offset` on, added to `found`; answers the bytes of their keys and values. */
function decode(batch: Batch, bytes: Buffer, offset: bigint, found: FetchedRecord[]): number {
  const { firstOffset, attributes, count } = batch;
  // For all records the time at which the broker wrote them, or the first one's to which each adds its own.
  const byBroker = (attributes & LOG_APPEND_TIME) !== 0;
  const time = Number(batch.bytes.readBigInt64BE(byBroker ? MAX_TIMESTAMP : FIRST_TIMESTAMP));
  const firstDelta = offset > firstOffset ? Number(offset - firstOffset) : 0;
  const cursor = new RecordCursor(bytes);
  let size = 0;
  for (let left = count; left > 0; left--) {
    const length = cursor.varint();
    const start = cursor.over(length, bytes.length);
    const end = cursor.at;
    // Behind the attributes of a record, which have no meaning yet.
    cursor.at = start + 1;
    const timestamp = cursor.varlong();
    const delta = cursor.varint();
    const keyLength = cursor.varint();
    const key = cursor.over(keyLength === NULL ? 0 : keyLength, end);
    const valueLength = cursor.varint();
    const value = cursor.over(valueLength === NULL ? 0 : valueLength, end);
    cursor.at = end;
    if (delta < firstDelta) continue;
    if (keyLength > 0) size += keyLength;
    if (valueLength > 0) size += valueLength;
    found.push(
      new BatchRecord(
        bytes,
        firstOffset,
        delta,
        byBroker ? time : time + timestamp,
        key,
        keyLength,
        value,
        valueLength,
        end,
      ),
    );
  }
  return size;
}

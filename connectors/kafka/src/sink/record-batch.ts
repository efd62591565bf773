import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import type { OutgoingRecord } from '../client/producer.js';
import type { EncodedRecord } from './encoded-record.js';
import { BATCH_OVERHEAD } from './refusal.js';

/** Records for one partition that are sent together, encoded as a checkpoint keeps them. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  readonly bytes: Uint8Array;
}

const LARGEST = 512 * 1024;
/** kafkajs, where it reads, passes all records of a batch on the stack. */
export const MOST_RECORDS = 5_000;
/** Bytes of a batch for a topic, as the broker counts them. */
export function largestBatch(maxBatchBytes: number): number {
  return Math.min(LARGEST, maxBatchBytes);
}

const KEY = 1;
const VALUE = 2;

/** A batch that still grows. */
export class GrowingBatch {
  private readonly writer = new ByteWriter();
  private records = 0;
  /** What the broker will count. */
  private wire = BATCH_OVERHEAD;
  private readonly largest: number;

  constructor(
    readonly topic: string,
    readonly partition: number,
    maxBatchBytes: number,
  ) {
    this.largest = largestBatch(maxBatchBytes);
  }

  /** Bytes that it has in a checkpoint. */
  get bytes(): number {
    return this.writer.length;
  }

  fits(record: EncodedRecord): boolean {
    return this.records === 0 || (this.records < MOST_RECORDS && this.wire + record.bytes <= this.largest);
  }

  add({ key, value, headers, timestamp, bytes }: EncodedRecord): void {
    const { writer } = this;
    writer.uint8((key === null ? 0 : KEY) | (value === null ? 0 : VALUE));
    writer.varint(timestamp);
    if (key !== null) writer.bytes(key);
    if (value !== null) writer.bytes(value);
    writer.varint(headers.length);
    for (const [name, content] of headers) {
      writer.string(name);
      writer.bytes(content);
    }
    this.records++;
    this.wire += bytes;
  }

  finish(): RecordBatch {
    const { topic, partition, records } = this;
    return { topic, partition, records, bytes: this.writer.finish() };
  }
}

/** @throws SLUICE_CODEC_TRUNCATED, SLUICE_CODEC_MALFORMED */
export function recordsOf({ topic, partition, records, bytes }: RecordBatch): readonly OutgoingRecord[] {
  const reader = new ByteReader(bytes);
  const decoded: OutgoingRecord[] = [];
  for (let i = 0; i < records; i++) {
    const flags = reader.uint8();
    const timestamp = reader.varint();
    const key = flags & KEY ? reader.bytes() : null;
    const value = flags & VALUE ? reader.bytes() : null;
    const headers: [string, Uint8Array][] = [];
    for (let left = reader.count(2); left > 0; left--) headers.push([reader.string(), reader.bytes()]);
    decoded.push({
      topic,
      partition,
      key,
      value,
      timestamp,
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    });
  }
  reader.end();
  return decoded;
}

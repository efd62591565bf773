import type { Clock } from '@sluice/connector-sdk';
import type { RecordSettings } from './sink-settings.js';

/** An element as a record, with no partition yet. */
export interface EncodedRecord {
  readonly topic: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  /** Epoch milliseconds, whole. */
  readonly timestamp: number;
  /** The most that it takes in a batch. */
  readonly bytes: number;
}

// Attributes, the differences of timestamp and offset, and four lengths, each as long as a varint can be.
const RECORD_OVERHEAD = 1 + 10 + 5 + 4 * 5;
const HEADER_OVERHEAD = 2 * 5;
const NO_HEADERS: EncodedRecord['headers'] = [];
const encoder = new TextEncoder();

/** Of one element. What the functions of the user throw passes through. */
export function recordEncoder<T>(
  { record }: RecordSettings<T>,
  clock: Clock,
): (topic: string, value: T, timestamp: number) => EncodedRecord {
  return (topic, element, eventTime) => {
    const key = bytesOf(record.key?.(element));
    const value = record.tombstone?.(element) === true ? null : record.value.encode(element);
    const headers = record.headers === undefined ? NO_HEADERS : headersOf(record.headers(element));
    const own = record.timestamp === undefined ? eventTime : record.timestamp(element, eventTime);
    let bytes = RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
    for (const [name, content] of headers) bytes += HEADER_OVERHEAD + name.length * 3 + content.length;
    return { topic, key, value, headers, timestamp: Math.floor(Number.isFinite(own) ? own : clock.now()), bytes };
  };
}

function bytesOf(key: string | Uint8Array | null | undefined): Uint8Array | null {
  if (key === null || key === undefined) return null;
  return typeof key === 'string' ? encoder.encode(key) : key;
}

function headersOf(headers: Readonly<Record<string, string | Uint8Array>>): EncodedRecord['headers'] {
  return Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? encoder.encode(value) : value,
  ]);
}

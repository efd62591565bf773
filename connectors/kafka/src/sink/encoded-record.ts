import type { Clock } from '@sluice/connector-sdk';
import { notARecord } from './not-a-record.js';
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

/** Of one element. What the functions of the user throw passes through. @throws SLUICE_KAFKA_VALUE for what no record can hold */
export function recordEncoder<T>(
  { component, record }: RecordSettings<T>,
  clock: Clock,
): (topic: string, value: T, timestamp: number) => EncodedRecord {
  /** What is no bytes would be written as something else, and be found out when its epoch cannot be taken back any more. */
  const bytesOf = (name: string, given: unknown): Uint8Array => {
    if (typeof given === 'string') return encoder.encode(given);
    if (given instanceof Uint8Array) return given;
    throw notARecord(component, `\`${name}\` to give text or bytes`, given);
  };
  return (topic, element, eventTime) => {
    const keyGiven = record.key?.(element) ?? null;
    const key = keyGiven === null ? null : bytesOf('key', keyGiven);
    const value = record.tombstone?.(element) === true ? null : record.value.encode(element);
    if (value !== null && !(value instanceof Uint8Array)) throw notARecord(component, '`value` to give bytes', value);
    const headers =
      record.headers === undefined
        ? NO_HEADERS
        : Object.entries(record.headers(element)).map(
            ([name, content]) => [name, bytesOf('headers', content)] as const,
          );
    const own: unknown = record.timestamp === undefined ? eventTime : record.timestamp(element, eventTime);
    if (typeof own !== 'number') throw notARecord(component, '`timestamp` to give epoch milliseconds', own);
    let bytes = RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
    for (const [name, content] of headers) bytes += HEADER_OVERHEAD + name.length * 3 + content.length;
    return { topic, key, value, headers, timestamp: Math.floor(Number.isFinite(own) ? own : clock.now()), bytes };
  };
}

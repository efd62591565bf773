import type { Decoder } from '@sluice/connector-sdk';
import type { FetchedRecord } from '../client/record.js';
import { tombstone } from './poison-error.js';
import { type DecodeRecord, LEFT_OUT } from './record-batch.js';
import type { KafkaRecord, KafkaSourceOptions } from './source-options.js';

/** The value of a record. */
export function valueDecoder<V>(
  component: string,
  decoder: Decoder<V>,
  tombstones: KafkaSourceOptions<V>['tombstones'] = 'poison',
): DecodeRecord<V> {
  const takesText = typeof decoder.decodeText === 'function';
  return (record) => {
    const text = takesText ? record.text : undefined;
    if (text !== undefined) return (decoder as Required<Decoder<V>>).decodeText(text);
    const { value } = record;
    if (value !== null) return decoder.decode(value);
    if (tombstones === 'skip') return LEFT_OUT;
    if (tombstones === 'poison') throw tombstone(component);
    return tombstones.value;
  };
}

/** The record with its decoded value. Keys and headers are copies: they do not hold on to the answer that they came in. */
export function recordDecoder<V>(decode: DecodeRecord<V>): DecodeRecord<KafkaRecord<Uint8Array | null, V>> {
  return (record, split) => {
    const value = decode(record, split);
    if (value === LEFT_OUT) return LEFT_OUT;
    return {
      topic: split.topic,
      partition: split.partition,
      offset: record.offset,
      timestamp: record.timestamp,
      key: copyOf(record.key),
      value,
      headers: headersOf(record),
    };
  };
}

const NO_HEADERS: ReadonlyMap<string, Uint8Array> = new Map();

function headersOf({ headers }: FetchedRecord): ReadonlyMap<string, Uint8Array> {
  return headers.size === 0 ? NO_HEADERS : new Map([...headers].map(([name, value]) => [name, new Uint8Array(value)]));
}

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}

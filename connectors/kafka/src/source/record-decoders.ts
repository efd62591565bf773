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
  return ({ value }) => {
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
      offset: BigInt(record.offset),
      timestamp: Number(record.timestamp),
      key: record.key === null ? null : new Uint8Array(record.key),
      value,
      headers: headersOf(record.headers),
    };
  };
}

const NO_HEADERS: ReadonlyMap<string, Uint8Array> = new Map();

function headersOf(headers: FetchedRecord['headers']): ReadonlyMap<string, Uint8Array> {
  const names = Object.keys(headers);
  if (names.length === 0) return NO_HEADERS;
  const found = new Map<string, Uint8Array>();
  for (const name of names) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    found.set(name, new Uint8Array(last ?? []));
  }
  return found;
}

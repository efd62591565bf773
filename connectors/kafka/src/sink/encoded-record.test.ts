import { json, text } from '@sluice/connector-sdk';
import { describe, expect, test } from 'vitest';
import { recordEncoder } from './encoded-record.js';
import { kafkaSink } from './kafka-sink.js';
import type { KafkaSinkOptions } from './sink-options.js';
import { epochSettings } from './sink-settings.js';
import { topicOf } from './topic-of.js';

const clock = { now: () => 77, sleep: async () => {} };
const settingsOf = (options: object) =>
  epochSettings({
    brokers: ['localhost:9092'],
    topic: 'rows',
    value: json(),
    ...options,
  } as KafkaSinkOptions<string>);
const encoded = (options: object) => recordEncoder(settingsOf(options), clock)('rows', 'x', 5);
const refused = (expected: string, actual: string) =>
  expect.objectContaining({ code: 'SLUICE_KAFKA_VALUE', expected: expect.stringContaining(expected), actual });

test('options that are missing are refused at once', () => {
  expect(() => kafkaSink(undefined as never)).toThrow(expect.objectContaining({ code: 'SLUICE_KAFKA_OPTIONS' }));
});

describe('an element as a record', () => {
  test('has bytes for what is text, and no key where none is given', () => {
    const bytes = new TextEncoder();
    expect(encoded({ value: text(), key: () => 'ü', headers: () => ({ a: 'b', c: Uint8Array.of(1) }) })).toMatchObject({
      key: bytes.encode('ü'),
      value: bytes.encode('x'),
      headers: [
        ['a', bytes.encode('b')],
        ['c', Uint8Array.of(1)],
      ],
      timestamp: 5,
    });
    for (const key of [undefined, null]) expect(encoded({ key: () => key }).key).toBeNull();
    expect(encoded({ timestamp: () => Number.NaN }).timestamp).toBe(77);
  });

  test('is refused while it can still be rejected when a function gives what no record can hold', () => {
    expect(() => encoded({ key: () => 5 })).toThrow(refused('`key`', 'number'));
    expect(() => encoded({ value: { encode: () => 'text' } })).toThrow(refused('`value`', 'string'));
    expect(() => encoded({ value: { encode: () => undefined } })).toThrow(refused('`value`', 'undefined'));
    expect(() => encoded({ headers: () => ({ at: new Date() }) })).toThrow(refused('`headers`', 'object'));
    expect(() => encoded({ headers: () => ({ at: undefined }) })).toThrow(refused('`headers`', 'undefined'));
    expect(() => encoded({ timestamp: () => new Date() })).toThrow(refused('`timestamp`', 'object'));
  });

  test('goes to a topic whose name can be one', () => {
    expect(topicOf(settingsOf({ topic: (value: string) => value }), 'a.b')).toBe('a.b');
    for (const name of ['', 'a b', '..']) {
      expect(() => topicOf(settingsOf({ topic: () => name }), 'x')).toThrow(
        expect.objectContaining({ code: 'SLUICE_KAFKA_TOPIC_UNKNOWN' }),
      );
    }
    expect(() => topicOf(settingsOf({ topic: () => undefined }), 'x')).toThrow(refused('`topic`', 'undefined'));
  });
});

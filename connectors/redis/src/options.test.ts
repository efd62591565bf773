import { describe, expect, test } from 'vitest';
import { redisHashSink } from './hash-sink.js';
import { redisJsonSink } from './json-sink.js';
import { redisListSink } from './list-sink.js';
import { redisSortedSetSink } from './sorted-set-sink.js';
import { redisStreamSource } from './source/stream-source.js';
import { redisStreamSink } from './stream-sink.js';
import { redisStringSink } from './string-sink.js';

const url = 'redis://user:secret@localhost:6379/2';
const key = (n: number) => `k${n}`;
const refused = expect.objectContaining({
  code: 'SLUICE_REDIS_OPTIONS',
  message: expect.not.stringContaining('secret'),
});

describe('options are looked at when the sink is made', () => {
  test.each([
    ['no server', {}],
    ['two servers', { url, connection: { host: 'h' } }],
    ['another scheme', { url: 'http://user:secret@localhost' }],
    ['no URL', { url: 'redis://user:se cret@:x' }],
    ['a wrong escape', { url: 'redis://user:%secret@localhost' }],
    ['no nodes', { cluster: { nodes: [] } }],
    ['a prefix of the driver', { connection: { keyPrefix: 'x' } }],
    ['a prefix of the cluster', { cluster: { nodes: [{ port: 1 }], options: { redisOptions: { keyPrefix: 'x' } } } }],
    ['no key', { url, key: undefined }],
    ['a version that is no function', { url, version: 5 }],
    ['a prefix that is no text', { url, prefix: 5 }],
    ['an expiry of nothing', { url, expire: 0 }],
    ['a tombstone of nothing', { url, tombstone: 0 }],
    ['a batch of nothing', { url, maxBatchCount: 0 }],
    ['part of a byte', { url, maxBatchBytes: 0.5 }],
    ['no patience', { url, retryTimeout: -1 }],
  ])('%s', (_, wrong) => {
    const options = { key, value: (n: number) => n, ...wrong } as unknown as Parameters<
      typeof redisStringSink<number>
    >[0];
    expect(() => redisStringSink(options)).toThrowError(refused);
  });

  test('and so is what each shape asks for', () => {
    const none = undefined as never;
    for (const make of [
      () => redisHashSink({ url, key, fields: none }),
      () => redisHashSink({ url, key, fields: () => ({}), mode: 'other' as never }),
      () => redisHashSink({ url, key, fields: () => ({}), versionField: '' }),
      () => redisStringSink({ url, key, value: none }),
      () => redisJsonSink({ url, key, storage: 'other' as never }),
      () => redisListSink({ url, key, items: none }),
      () => redisSortedSetSink({ url, key, member: none, score: () => 1 }),
      () => redisSortedSetSink({ url, key, member: String, score: none }),
      () => redisStreamSink({ url, key, id: none, fields: () => ({}) }),
      () => redisStreamSink({ url, key, id: String, fields: () => ({}), maxLength: 0 }),
    ]) {
      expect(make).toThrowError(refused);
    }
  });

  test.each([
    [{ streams: [] }],
    [{ streams: '' }],
    [{ streams: 's', value: undefined }],
    [{ streams: 's', startingAt: { id: 'x' } }],
    [{ streams: 's', startingAt: 'now' }],
    [{ streams: 's', bounded: true }],
    [{ streams: 's', poison: 'other' }],
    [{ streams: 's', trimmed: 'other' }],
    [{ streams: 's', count: 0 }],
    [{ streams: 's', block: 0 }],
  ])('of a source: %o', (wrong) => {
    const options = { url, value: () => 1, ...wrong } as unknown as Parameters<typeof redisStreamSource<number>>[0];
    expect(() => redisStreamSource(options)).toThrowError(refused);
  });
});

test('the key of an element is its place in Redis', () => {
  const board = redisSortedSetSink<number>({ url, prefix: 'p:', key, member: String, score: (n) => n });
  expect(board.keyOf(5)).toBe('p:k5 5');
  const stream = redisStreamSink<number>({ url, key, id: (n) => `${n}-1`, fields: () => ({}) });
  expect(stream.keyOf(5)).toBe('k5 5-1');
});

test('a source that is bounded says so', () => {
  expect(redisStreamSource({ url, streams: 's', value: () => 1 }).bounded).toBe(false);
  expect(redisStreamSource({ url, streams: 's', value: () => 1, bounded: 'latest' })).toMatchObject({
    bounded: true,
    replayable: true,
  });
});

import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.js';

const reader = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes));
const failure = (code: string) => expect.objectContaining({ code });

describe('ByteReader', () => {
  test.each<[string, (reader: ByteReader) => unknown, number[]]>([
    ['uint8', (r) => r.uint8(), []],
    ['uint32', (r) => r.uint32(), [1, 2, 3]],
    ['float64', (r) => r.float64(), [1, 2, 3, 4, 5, 6, 7]],
    ['int64', (r) => r.int64(), [1]],
    ['varint', (r) => r.varint(), [0x80]],
    ['raw', (r) => r.raw(3), [1, 2]],
    ['raw of no length', (r) => r.raw(Number.NaN), [1, 2]],
    ['bytes', (r) => r.bytes(), [3, 1, 2]],
    ['bytes of an absurd length', (r) => r.bytes(), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['string', (r) => r.string(), [8, 97, 98, 99]],
    ['string of an absurd length', (r) => r.string(), [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['ascii', (r) => r.ascii(4), [97, 98, 99]],
    ['count', (r) => r.count(2), [2, 0, 0, 0]],
  ])('%s beyond the end is refused', (_name, read, bytes) => {
    expect(() => read(reader(...bytes))).toThrow(failure('SLUICE_CODEC_TRUNCATED'));
  });

  test.each<[string, (reader: ByteReader) => unknown, number[]]>([
    ['a varint of more than 53 bits', (r) => r.varint(), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['a varint without an end', (r) => r.varint(), new Array(12).fill(0x80)],
    ['a string that is not UTF-8', (r) => r.string(), [4, 0xc3, 0x28]],
    ['a long string that is not UTF-8', (r) => r.string(), [80, ...new Array(39).fill(97), 0xff]],
    ['a string of half a UTF-16 unit', (r) => r.string(), [7, 1, 2, 3]],
    ['ASCII with another byte', (r) => r.ascii(2), [97, 0x80]],
    ['more than was asked for', (r) => r.end(), [0]],
  ])('%s is refused', (_name, read, bytes) => {
    expect(() => read(reader(...bytes))).toThrow(failure('SLUICE_CODEC_MALFORMED'));
  });

  test('a failed read does not move', () => {
    const short = reader(1, 2, 3);
    expect(() => short.uint32()).toThrow();
    expect(short.position).toBe(0);
    expect(short.remaining).toBe(3);
  });

  test('gives bytes of their own, from a Buffer too', () => {
    const buffer = Buffer.from([9, 2, 7, 8]).subarray(1);
    const bytes = new ByteReader(buffer).bytes();
    buffer.fill(0);
    expect(bytes).toEqual(Uint8Array.of(7, 8));
    expect(bytes.constructor).toBe(Uint8Array);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  // UTF-16 units in any order: lone surrogates too.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
);

type Item =
  | readonly ['uint8' | 'uint32' | 'varint' | 'float64', number]
  | readonly ['string', string]
  | readonly ['int64', bigint]
  | readonly ['bytes' | 'raw', Uint8Array];
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.tuple(fc.constant('uint8' as const), fc.nat(255)),
  fc.tuple(fc.constant('uint32' as const), fc.integer({ min: 0, max: 0xffff_ffff })),
  fc.tuple(fc.constant('varint' as const), fc.oneof(fc.maxSafeNat(), fc.nat(300))),
  fc.tuple(fc.constant('float64' as const), fc.double()),
  fc.tuple(fc.constant('int64' as const), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.tuple(fc.constant('string' as const), anyString),
  fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ maxLength: 100 })),
);

function write(writer: ByteWriter, [kind, value]: Item): void {
  (writer[kind] as (value: unknown) => void).call(writer, value);
}

describe('ByteWriter', () => {
  test('what is written is read, whatever grows in between', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const writer = new ByteWriter(1);
        for (const one of items) write(writer, one);
        const reader = new ByteReader(writer.finish());
        for (const [kind, value] of items) expect(kind === 'raw' ? undefined : reader[kind]()).toEqual(value);
        reader.end();
      }),
      { numRuns: 500 },
    );
  });

  test('a string survives at every place of a buffer that is about to grow', () => {
    for (const text of ['', 'a', 'ä€😀', 'é'.repeat(40), '\ud800', 'x'.repeat(64), '€'.repeat(64)]) {
      for (let before = 0; before < 80; before++) {
        const writer = new ByteWriter(16);
        for (let i = 0; i < before; i++) writer.uint8(i);
        writer.string(text);
        writer.uint8(77);
        const reader = new ByteReader(writer.finish());
        for (let i = 0; i < before; i++) expect(reader.uint8()).toBe(i);
        expect(reader.string()).toBe(text);
        expect(reader.uint8()).toBe(77);
      }
    }
  });

  test('UTF-8 by hand is what the platform writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const writer = new ByteWriter();
        writer.string(text);
        const expected = new TextEncoder().encode(text);
        expect(writer.finish().slice(-expected.length || undefined)).toEqual(
          expected.length === 0 ? Uint8Array.of(0) : expected,
        );
      }),
    );
  });

  test.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('varint %d', (value, expected) => {
    const writer = new ByteWriter();
    writer.varint(value);
    expect([...writer.view()]).toEqual(expected);
  });

  test('numbers keep their bits', () => {
    const writer = new ByteWriter();
    for (const value of [-0, Number.NaN, Infinity, 5e-324]) writer.float64(value);
    const reader = new ByteReader(writer.finish());
    for (const value of [-0, Number.NaN, Infinity, 5e-324]) expect(reader.float64()).toBe(value);
  });

  test('short ASCII is one byte more than its length, and everything else is left to `string`', () => {
    const writer = new ByteWriter();
    expect(writer.shortAscii('abc', 0x40)).toBe(true);
    expect([...writer.view()]).toEqual([0x43, 97, 98, 99]);
    expect(writer.shortAscii('abcä', 0x40)).toBe(false);
    expect(writer.shortAscii('x'.repeat(64), 0x40)).toBe(false);
    expect(writer.length).toBe(4);
  });

  test('finish gives bytes of its own and begins anew', () => {
    const writer = new ByteWriter(16);
    writer.uint8(1);
    const first = writer.finish();
    expect(writer.length).toBe(0);
    writer.uint8(2);
    expect([...first]).toEqual([1]);
    expect([...writer.view()]).toEqual([2]);
    writer.truncate(9);
    expect(writer.length).toBe(1);
    writer.reset();
    expect(writer.finish()).toHaveLength(0);
  });

  test('refuses more than two gigabytes before it allocates them', () => {
    const writer = new ByteWriter();
    const huge = { length: 2 ** 31 } as Uint8Array;
    expect(() => writer.raw(huge)).toThrow(expect.objectContaining({ code: 'SLUICE_CODEC_SIZE' }));
    expect(writer.length).toBe(0);
  });
});

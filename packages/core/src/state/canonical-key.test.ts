import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, canonicalText, readKey, sameKey, writeKey } from './canonical-key.js';

const anyKey = fc.letrec((tie) => ({
  key: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a', '\0', 'ÿ') }),
    fc.integer(),
    fc.double(),
    fc.constantFrom(0, -0, Number.NaN, 2 ** 53, -(2 ** 53), Number.MAX_SAFE_INTEGER, Number.MIN_VALUE),
    fc.bigInt(),
    fc.boolean(),
    fc.date(),
    fc.constant(new Date(Number.NaN)),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), tie('key'), { maxKeys: 3 }),
  ),
})).key;

function restored(key: unknown): unknown {
  const writer = new ByteWriter();
  writeKey(writer, key);
  const reader = new ByteReader(writer.finish());
  const back = readKey(reader);
  reader.end();
  return back;
}

describe('canonicalBytes', () => {
  it('of the same key are the same, and keys come back', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(sameKey(restored(a), a)).toBe(true);
        expect(canonicalBytes(restored(a))).toEqual(canonicalBytes(a));
        expect(sameKey(a, b)).toBe(canonicalText(a) === canonicalText(b));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['−0 and 0', -0, 0],
    ['NaN', Number.NaN, 0 / 0],
    ['names in any order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['dates', new Date(7), new Date(7)],
    ['invalid dates', new Date('x'), new Date(Number.NaN)],
    ['bytes and a Buffer', new Uint8Array([1]), Buffer.from([1])],
    ['objects with and without a prototype', { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
    ['nested', [{ a: [-0] }], [{ a: [0] }]],
  ])('%s are the same', (_name, a, b) => {
    expect(canonicalBytes(a)).toEqual(canonicalBytes(b));
    expect(sameKey(a, b)).toBe(true);
  });

  it.each([
    ['a number and its text', 1, '1'],
    ['a number and a bigint', 1, 1n],
    ['a bigint and its opposite', 1n, -1n],
    ['a date and its time', new Date(1), 1],
    ['an array and its part', ['a'], 'a'],
    ['nothing and nothing', [], {}],
    ['other depths', [[1], 2], [[1, 2]]],
    ['halves of surrogate pairs', '\ud800', '\ud801'],
    ['__proto__ and no name', JSON.parse('{"__proto__":1}'), {}],
  ])('%s differ', (_name, a, b) => {
    expect(canonicalText(a)).not.toBe(canonicalText(b));
    expect(sameKey(a, b)).toBe(false);
  });

  it('a name __proto__ comes back as a name', () => {
    const back = restored(JSON.parse('{"__proto__":{"x":1}}'));
    expect(Object.keys(back as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  class Point {
    x = 1;
  }
  const cycle: unknown[] = [];
  cycle.push(cycle);
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an instance', new Point()],
    ['a Map', new Map()],
    ['an undefined part', ['a', undefined]],
    ['a hole', new Array(1)],
    ['an undefined field', { a: undefined }],
    ['a symbol as a name', { [Symbol('x')]: 1 }],
    ['a cycle', cycle],
  ])('%s is no key', (_name, key) => {
    expect(() => canonicalBytes(key, 'test')).toThrow('SLUICE_KEY');
    expect(canonicalBytes(1)).toEqual(canonicalBytes(1));
  });

  it('damaged bytes are refused and nothing else', () => {
    const bytes = canonicalBytes([1, 'two', { three: 3n }, new Date(4)]);
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ (1 << bit);
        try {
          readKey(new ByteReader(changed));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^SLUICE_(CODEC|CHECKPOINT)_/);
        }
      }
      expect(() => readKey(new ByteReader(bytes.subarray(0, at)))).toThrow('SLUICE_');
    }
  });
});

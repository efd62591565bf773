import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { structuredCodec } from './structured-codec.js';
import { readStructured } from './structured-read.js';
import { MAX_DEPTH } from './structured-tag.js';
import { fromEntries, value } from './structured-value.arbitrary.js';
import { writeStructured } from './structured-write.js';

const codec = structuredCodec<unknown>();
const roundTrip = (value: unknown) => codec.decode(codec.version, codec.encode(value));
const failure = (code: string) => expect.objectContaining({ code });

describe('round trips', () => {
  test('everything it takes comes back', () => {
    fc.assert(
      fc.property(value, (original) => {
        // Not `toStrictEqual`, which takes a field named `constructor` for the class.
        expect(isDeepStrictEqual(roundTrip(original), original)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('an invalid date comes back', () => {
    const date = roundTrip(new Date(Number.NaN));
    expect(date).toBeInstanceOf(Date);
    expect((date as Date).getTime()).toBeNaN();
  });

  test('a Keyed element, whose brand only its prototype has, comes back as plain data', () => {
    class Element {
      constructor(
        readonly key: string,
        readonly value: number,
      ) {}
    }
    Object.defineProperty(Element.prototype, '~sluice', { value: 'keyed' });
    expect(roundTrip(new Element('ann', 1))).toStrictEqual({ key: 'ann', value: 1 });
  });

  test('many values in one buffer', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (originals) => {
        const writer = new ByteWriter(16);
        for (const original of originals) writeStructured(writer, original);
        const reader = new ByteReader(writer.finish());
        const back = originals.map(() => readStructured(reader));
        expect(isDeepStrictEqual(back, originals)).toBe(true);
        reader.end();
      }),
    );
  });

  test.each([
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    5e-324,
    -(2 ** 31),
    1n << 200n,
    -(1n << 200n),
    2n ** 63n,
    -(2n ** 63n),
  ])('the number %s', (number) => {
    expect(Object.is(roundTrip(number), number)).toBe(true);
  });

  test('undefined fields and items stay, fields keep their order', () => {
    const back = roundTrip({ b: undefined, a: [undefined, null] });
    expect(Object.keys(back as object)).toEqual(['b', 'a']);
    expect(back).toStrictEqual({ b: undefined, a: [undefined, null] });
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(roundTrip([1, , 3])).toStrictEqual([1, undefined, 3]);
  });

  test('every kind of typed array, over its own elements only', () => {
    const whole = Float64Array.of(1, -0, Number.NaN, Infinity);
    const views = [
      whole.subarray(1),
      Int8Array.of(-1),
      Uint8ClampedArray.of(300),
      Int16Array.of(-2),
      Uint16Array.of(2),
      Int32Array.of(-3),
      Uint32Array.of(3),
      Float32Array.of(0.5),
      BigInt64Array.of(-5n),
      BigUint64Array.of(5n),
    ];
    expect(roundTrip(views)).toStrictEqual(views.map((view) => view.slice()));
  });

  test('plain data of another realm', () => {
    const foreign: unknown = runInNewContext('({ list: [1, { deep: true }], bytes: Uint8Array.of(7), none: null })');
    expect(roundTrip(foreign)).toStrictEqual({ list: [1, { deep: true }], bytes: Uint8Array.of(7), none: null });
  });

  test('dates of a clock that a test runner has replaced', () => {
    const original = Date;
    class FakeDate extends original {}
    expect(roundTrip(new FakeDate(5))).toStrictEqual(new Date(5));
  });

  test('a Buffer comes back as bytes', () => {
    const back = roundTrip(Buffer.from('abc')) as Uint8Array;
    expect(back.constructor).toBe(Uint8Array);
    expect([...back]).toEqual([97, 98, 99]);
  });

  test('bytes come back as bytes of their own', () => {
    const encoded = codec.encode(Uint8Array.of(1, 2));
    const back = codec.decode(1, encoded) as Uint8Array;
    encoded.fill(0);
    expect([...back]).toEqual([1, 2]);
  });
});

describe('hostile keys', () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":2}');

  test.each<[string, unknown]>([
    ['an object', hostile],
    ['objects of one shape', [hostile, hostile]],
    ['a map', new Map([['__proto__', 1]])],
    [
      'an object of many keys',
      fromEntries({}, [
        ...Array.from({ length: 70 }, (_, i): [string, number] => [`k${i}`, i]),
        ['__proto__', { admin: true }],
      ]),
    ],
  ])('stay keys in %s', (_name, original) => {
    const back = roundTrip(original);
    expect(back).toStrictEqual(original);
    expect(Object.getPrototypeOf(Array.isArray(back) ? back[1] : back)).toBe(
      original instanceof Map ? Map.prototype : Object.prototype,
    );
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('refusals', () => {
  class Point {
    x = 1;
  }
  class Sorted extends Map {}
  const cycle: { inside: unknown[] } = { inside: [] };
  cycle.inside.push(cycle);

  test.each<[string, unknown, RegExp]>([
    ['a function', { a: [0, { f() {} }] }, /a function at value\.a\[1\]\.f/],
    ['a symbol', [Symbol('s')], /a symbol at value\[0\]/],
    ['an instance', { point: new Point() }, /an instance of Point at value\.point/],
    ['a subclass of Map', new Sorted(), /an instance of Sorted at value/],
    ['a subclass of Array', new (class Stack extends Array {})(), /an instance of Stack at value/],
    ['an error', new Error('e'), /an instance of Error/],
    ['a regular expression', /x/, /an instance of RegExp/],
    ['a promise', Promise.resolve(), /an instance of Promise/],
    ['a boxed number', Object(1), /an instance of Number/],
    ['a DataView', new DataView(new ArrayBuffer(1)), /an instance of DataView/],
    ['an ArrayBuffer', new ArrayBuffer(1), /an instance of ArrayBuffer/],
    ['the value of a map', new Map([['secret', () => {}]]), /a function at value\.entry\(0\)/],
    ['the key of a map', new Map([[Symbol('s'), 1]]), /a symbol at value\.key\(0\)/],
    ['an item of a set', new Set([1, Point]), /a function at value\.item\(1\)/],
    ['a cycle', cycle, /a cycle at value\.inside\[0\]/],
  ])('%s, with the path to it', (_name, original, message) => {
    expect(() => codec.encode(original)).toThrow(failure('SLUICE_CODEC_VALUE'));
    expect(() => codec.encode(original)).toThrow(message);
    expect(() => codec.encode(original)).not.toThrow(/secret/);
  });

  test('what is nested too deep, both ways', () => {
    let deep: unknown = 1;
    for (let i = 0; i < MAX_DEPTH; i++) deep = [deep];
    expect(roundTrip(deep)).toEqual(deep);
    expect(() => codec.encode([deep])).toThrow(failure('SLUICE_CODEC_DEPTH'));
    const bytes = Uint8Array.from([...new Array(100_000).fill([10, 1]).flat(), 0]);
    expect(() => codec.decode(1, bytes)).toThrow(failure('SLUICE_CODEC_DEPTH'));
  });

  test('an error of a getter is passed on as it is', () => {
    const broken = {
      get x() {
        throw new RangeError('mine');
      },
    };
    expect(() => codec.encode(broken)).toThrow(new RangeError('mine'));
  });

  test('a value that is refused leaves nothing behind in the buffer', () => {
    const writer = new ByteWriter();
    writeStructured(writer, { a: 1 });
    const before = writer.length;
    expect(() => writeStructured(writer, [{ b: 1 }, { b: () => {} }])).toThrow();
    expect(writer.length).toBe(before);
    writeStructured(writer, [{ b: 2 }, { a: 3 }, { b: 4 }]);
    const reader = new ByteReader(writer.finish());
    expect([readStructured(reader), readStructured(reader)]).toEqual([{ a: 1 }, [{ b: 2 }, { a: 3 }, { b: 4 }]]);
  });

  test('fields that somebody added to Object.prototype are not taken for an object\u2019s own', () => {
    const prototype = Object.prototype as { stowaway?: number };
    prototype.stowaway = 1;
    try {
      const back = roundTrip([{ a: 1 }, { a: 2 }]) as object[];
      expect(back.map((one) => Object.entries(one))).toEqual([[['a', 1]], [['a', 2]]]);
    } finally {
      delete prototype.stowaway;
    }
  });

  test('an object that loses a field while it is read is refused', () => {
    const shrinking = {
      get a() {
        delete (shrinking as { b?: number }).b;
        return 1;
      },
      b: 2,
    };
    expect(() => codec.encode(shrinking)).toThrow(failure('SLUICE_CODEC_VALUE'));
  });

  test('a getter may encode meanwhile', () => {
    const inner: unknown[] = [];
    const outer = {
      a: 1,
      get b() {
        inner.push(roundTrip({ c: 2 }));
        return 3;
      },
    };
    expect(roundTrip(outer)).toEqual({ a: 1, b: 3 });
    expect(inner).toEqual([{ c: 2 }]);
  });
});

describe('the codec', () => {
  test('refuses another version', () => {
    for (const version of [0, 2, Number.NaN]) {
      expect(() => codec.decode(version, codec.encode(1))).toThrow(failure('SLUICE_CODEC_VERSION'));
      expect(() => codec.read?.(version, new ByteReader(codec.encode(1)))).toThrow(failure('SLUICE_CODEC_VERSION'));
    }
  });

  test('writes and reads beside other values', () => {
    const writer = new ByteWriter();
    codec.write?.(writer, { a: 1 });
    codec.write?.(writer, { a: 2 });
    const reader = new ByteReader(writer.finish());
    expect([codec.read?.(1, reader), codec.read?.(1, reader)]).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('objects of one shape write their keys once', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ identifier: i, description: 'x' }));
    expect(codec.encode(rows).length).toBeLessThan(100 * 5 + 40);
  });

  test('ever new keys do not pile up', () => {
    const dictionaries = Array.from({ length: 1000 }, (_, i) => ({ [`user-${i}`]: i, [`other-${i}`]: i }));
    expect(roundTrip(dictionaries)).toEqual(dictionaries);
    for (const one of dictionaries) expect(roundTrip(one)).toEqual(one);
  });

  test('what version 1 wrote stays readable', () => {
    const written =
      '0a0f0001040105000000000000e03f06050000000000000007262d343030303030303030303030303030303030436162630804c3a4080500d8' +
      '090000000000001c400a020c0002046964046f6b81030d0004d804020f01416b1001821101ff120202feff0e0c01010262ff';
    const bytes = Uint8Array.from(written.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const rows = [
      { id: 1, ok: true },
      { id: 300, ok: false },
    ];
    const bare: unknown = Object.assign(Object.create(null), { b: 127 });
    const expected = [
      ...[undefined, null, -1, 0.5, 5n, -(1n << 70n), 'abc', 'ä', '\ud800', new Date(7), rows],
      ...[new Map([['k', new Set([2])]]), Uint8Array.of(255), Int16Array.of(-2), bare],
    ];
    expect(isDeepStrictEqual(codec.decode(1, bytes), expected)).toBe(true);
    const inline = Uint8Array.of(11, 2, 2, 97, 0x81, 2, 98, 0x82);
    expect(codec.decode(1, inline)).toEqual({ a: 1, b: 2 });
  });
});

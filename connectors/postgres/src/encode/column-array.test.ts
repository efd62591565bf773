import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnArray } from './column-array.js';
import { ELEMENT_TYPES } from './column-mode.js';

/** Reads a binary array as the server does. */
function elementsOf(bytes: Buffer): (Buffer | null)[] {
  const [dimensions, , , count, lower] = [0, 4, 8, 12, 16].map((at) => bytes.readInt32BE(at));
  expect([dimensions, lower]).toEqual([1, 1]);
  const elements: (Buffer | null)[] = [];
  let at = 20;
  for (let i = 0; i < (count ?? 0); i++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    elements.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(0, length);
  }
  expect(at).toBe(bytes.length);
  return elements;
}

describe('a column array', () => {
  it('holds texts as they were given, NULLs, and nothing that was undone', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 20, maxLength: 30 }),
      fc.constant('x'.repeat(5000)),
    );
    const plain = text.filter((value) => !value.includes('\0') && Buffer.from(value).toString() === value);
    const step = fc.record({ value: fc.option(plain), undone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const array = new ColumnArray(ELEMENT_TYPES.text);
        const kept: (string | null)[] = [];
        for (const { value, undone } of steps) {
          if (value === null) array.null();
          else array.text(value);
          if (undone) array.undo();
          else kept.push(value);
        }
        const bytes = array.take(kept.length);
        expect(bytes.readInt32BE(8)).toBe(25);
        expect(elementsOf(bytes).map((element) => element?.toString() ?? null)).toEqual(kept);
        expect(elementsOf(array.take(0))).toEqual([]);
      }),
    );
  });

  it('holds numbers in network order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.maxSafeInteger()),
        fc.array(fc.double()),
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        (whole, double, big) => {
          const array = new ColumnArray(ELEMENT_TYPES.int8);
          for (const value of whole) array.int64(value);
          expect(elementsOf(array.take(whole.length)).map((element) => Number(element?.readBigInt64BE()))).toEqual(
            whole.map((n) => n + 0),
          );
          for (const value of double) array.float64(value);
          expect(elementsOf(array.take(double.length)).map((element) => element?.readDoubleBE())).toEqual(double);
          for (const value of big) array.bigint(value);
          expect(elementsOf(array.take(big.length)).map((element) => element?.readBigInt64BE())).toEqual(big);
        },
      ),
    );
  });
});

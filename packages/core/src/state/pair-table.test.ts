import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairTable } from './pair-table.js';

/** Few numbers, so that pairs come again, share buckets and blocks of buckets, and reach both ends of 32 bits. */
const part = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 65_536, 1_048_576));
const step = fc.record({ first: part, second: part, remove: fc.boolean() });

describe('PairTable', () => {
  it('is a Map of pairs, whose values lead back to them', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new PairTable();
        const model = new Map<string, number>();
        const free: number[] = [];
        let values = 0;
        for (const { first, second, remove } of steps) {
          const name = `${first} ${second}`;
          const known = model.get(name);
          expect(table.get(first, second)).toBe(known ?? -1);
          if (remove) {
            table.delete(first, second);
            model.delete(name);
            if (known !== undefined) free.push(known);
          } else if (known === undefined) {
            const value = free.pop() ?? values++;
            table.add(first, second, value);
            model.set(name, value);
          }
        }
        for (const [name, value] of model) {
          const [first, second] = name.split(' ').map(Number) as [number, number];
          expect(table.get(first, second)).toBe(value);
          expect([table.firstOf(value), table.secondOf(value)]).toEqual([first, second]);
        }
      }),
    );
  });

  it('takes values in any order, with gaps between', () => {
    const table = new PairTable();
    for (let value = 9_000; value >= 0; value -= 3) table.add(value, -value, value);
    for (let value = 0; value <= 9_000; value++) expect(table.get(value, -value)).toBe(value % 3 === 0 ? value : -1);
  });

  it('finds what was loaded at once as what was added one by one, and lets it go', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(part, part), { selector: String }), fc.nat(100), (pairs, before) => {
        const table = new PairTable();
        for (const [value, [first, second]] of pairs.entries()) {
          if (value === before) table.beginLoad();
          table.add(first, second, value);
        }
        table.endLoad();
        for (const [value, [first, second]] of pairs.entries()) expect(table.get(first, second)).toBe(value);
        for (const [value, [first, second]] of pairs.entries()) if (value % 2 === 0) table.delete(first, second);
        const left = pairs.map((_pair, value) => (value % 2 === 0 ? -1 : value));
        expect(pairs.map(([first, second]) => table.get(first, second))).toEqual(left);
      }),
    );
  });

  it.each([
    ['neighbours', (number: number) => [0, number]],
    ['a wide grid', (number: number) => [(number % 1_000) * 4_096, Math.floor(number / 1_000) * 65_536]],
    ['multiples of a power of two', (number: number) => [number * 8_192, 0]],
    ['second parts of which the lowest bits are all zero', (number: number) => [0, number * 8_192]],
    ['equal halves', (number: number) => [number * 256, number * 256]],
    ['opposite halves', (number: number) => [number * 4_096, -number * 4_096]],
    ['negative numbers', (number: number) => [-number * 16, -1]],
  ] as const)('finds %s: one chain for all would take longer than a test may', (_, pairOf) => {
    const table = new PairTable();
    const pairs = Array.from({ length: 200_000 }, (_pair, number) => pairOf(number) as [number, number]);
    for (const [value, [first, second]] of pairs.entries()) table.add(first, second, value);
    const missed = pairs.filter(([first, second], value) => table.get(first, second) !== value);
    expect(missed).toEqual([]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PairList } from './pair-list.js';
import { PairTable } from './pair-table.js';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const pairs = (maxLength: number) =>
  fc.uniqueArray(fc.tuple(fc.oneof(int32, fc.nat(3)), int32), { selector: (pair) => pair.join(), maxLength });

test('what is added at once is found as what is added one by one is, and goes as it does', () => {
  fc.assert(
    fc.property(pairs(300), fc.nat(300), (all, before) => {
      const table = new PairTable();
      const list = new PairList();
      for (const [value, [first, second]] of all.entries()) {
        if (value < before) table.add(first, second, value);
        else list.add(first, second, value);
      }
      table.addAll(list);
      expect(table.size).toBe(all.length);
      for (const [value, [first, second]] of all.entries()) expect(table.get(first, second)).toBe(value);
      for (const [value, [first, second]] of all.entries()) if (value % 2 === 0) table.delete(first, second);
      for (const [value, [first, second]] of all.entries()) {
        expect(table.get(first, second)).toBe(value % 2 === 0 ? -1 : value);
      }
    }),
  );
});

test('a hundred thousand at once', () => {
  const table = new PairTable();
  const list = new PairList();
  for (let value = 0; value < 100_000; value++) list.add(value % 7, value * 613, value);
  table.addAll(list);
  for (let value = 0; value < 100_000; value++) {
    if (table.get(value % 7, value * 613) !== value) expect.fail(`${value} is not found`);
  }
  expect(table.get(1, 1)).toBe(-1);
});

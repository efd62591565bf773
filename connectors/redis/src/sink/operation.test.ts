import { expect, test } from 'vitest';
import { type Item, operationArguments, operationsOf } from './operation.js';

const item = (sequence: number, key: string, more: Partial<Item<number, string>> = {}): Item<number, string> => ({
  value: sequence,
  key,
  member: '',
  sequence,
  version: undefined,
  content: String(sequence),
  bytes: 1,
  ...more,
});
const latest = { combine: (_: string, later: string) => later };
const all = { combine: (earlier: string, later: string) => `${earlier},${later}` };
const brief = (items: readonly Item<number, string>[], shape = latest) =>
  [...operationsOf(items, shape).values()].map(({ key, sequence, version, content, items: own }) => ({
    key,
    sequence,
    version,
    content,
    of: own.map(({ value }) => value),
  }));

test('each key is written once, with its last element and the number of that', () => {
  expect(brief([item(1, 'a'), item(2, 'b'), item(3, 'a')])).toEqual([
    { key: 'a', sequence: 3, version: undefined, content: '3', of: [1, 3] },
    { key: 'b', sequence: 2, version: undefined, content: '2', of: [2] },
  ]);
});

test('members of one key are apart, however their names are cut', () => {
  expect(brief([item(1, 'a', { member: 'b' }), item(2, 'a', { member: 'c' }), item(3, 'ab')])).toHaveLength(3);
  expect(brief([item(1, 'a', { member: 'bc' }), item(2, 'ab', { member: 'c' })])).toHaveLength(2);
});

test('what is combined is combined in order', () => {
  expect(brief([item(1, 'a'), item(2, 'a'), item(3, 'a')], all)).toMatchObject([{ content: '1,2,3', sequence: 3 }]);
});

test('an older version does not take the place of a newer one; an equal one does', () => {
  const versioned = (sequence: number, version: bigint) => item(sequence, 'a', { version });
  expect(brief([versioned(1, 5n), versioned(2, 3n), versioned(3, 4n)])).toMatchObject([
    { sequence: 1, version: 5n, content: '1', of: [1, 2, 3] },
  ]);
  expect(brief([versioned(1, 5n), versioned(2, 5n)])).toMatchObject([{ sequence: 2, version: 5n, content: '2' }]);
});

test('the script is told how many arguments a write has', () => {
  const [operation] = operationsOf([item(7, 'a', { version: 9n })], latest).values();
  if (operation === undefined) throw new Error('nothing');
  expect(operationArguments(operation, { argumentsOf: (content) => [content, 'x'] })).toEqual(['7', '9', 2, '7', 'x']);
});

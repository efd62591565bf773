import { expect, test } from 'vitest';
import type { VersionedEntry } from './document-write.js';
import { groupEntries } from './group-entries.js';

const entry = (version: number, id: string, routing?: string, index = 'i'): VersionedEntry<number> => ({
  value: version,
  place: { index, id, routing },
  action: 'index',
  source: '{}',
  bytes: 2,
  version,
  attempts: 0,
});

test('the entries of each document are together, in their order; documents in that of their first', () => {
  const entries = [entry(1, 'a'), entry(2, 'b'), entry(3, 'a'), entry(4, 'c'), entry(5, 'b'), entry(6, 'a')];
  expect(groupEntries(entries).map((group) => group.map(({ version }) => version))).toEqual([[1, 3, 6], [2, 5], [4]]);
});

test('another index or another routing is another document', () => {
  expect(groupEntries([entry(1, 'a'), entry(2, 'a', 'r'), entry(3, 'a', undefined, 'j')])).toHaveLength(3);
});

test('no entries, no groups', () => {
  expect(groupEntries([])).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { KeyLists, keyListOf } from './key-lists.js';

const find = (lists: KeyLists, keys: readonly string[]) => lists.find(Object.fromEntries(keys.map((key) => [key, 1])));

describe('KeyLists', () => {
  test('finds what it defined, and nothing that only begins like it', () => {
    const lists = new KeyLists();
    expect(find(lists, ['a', 'b'])).toBe(-1);
    const id = lists.define(['a', 'b']);
    expect(find(lists, ['a', 'b'])).toBe(id);
    for (const other of [[], ['a'], ['b'], ['b', 'a'], ['a', 'b', 'c'], ['ab']]) expect(find(lists, other)).toBe(-1);
    const empty = lists.define([]);
    expect(find(lists, [])).toBe(empty);
    expect(empty).not.toBe(id);
  });

  test('tells branches apart in any order', () => {
    const lists = new KeyLists();
    const ids = [['a', 'x'], ['a', 'y'], ['a'], ['z']].map((keys) => [keys, lists.define(keys)] as const);
    for (let round = 0; round < 2; round++) {
      for (const [keys, id] of ids) expect(find(lists, keys)).toBe(id);
    }
    expect(new Set(ids.map(([, id]) => id)).size).toBe(4);
  });

  test('a new unit knows nothing and numbers from 0', () => {
    const lists = new KeyLists();
    lists.define(['a']);
    lists.define(['b']);
    lists.forget();
    expect(find(lists, ['a'])).toBe(-1);
    expect(lists.define(['b'])).toBe(0);
    expect(find(lists, ['b'])).toBe(0);
    expect(find(lists, ['a'])).toBe(-1);
  });

  test('numbers fit a byte, long lists are left out, and it recovers in the next unit', () => {
    const lists = new KeyLists();
    for (let i = 0; i < 256; i++) expect(lists.define([`k${i}`])).toBe(i);
    expect(lists.define(['one more'])).toBe(-1);
    lists.forget();
    expect(lists.define(['one more'])).toBe(0);
    expect(lists.define(Array.from({ length: 65 }, (_, i) => `k${i}`))).toBe(-1);
  });
});

test('keys that objects inherit are guarded', () => {
  expect(keyListOf(['a', '__proto__']).guarded).toBe(true);
  expect(keyListOf(['toString']).guarded).toBe(true);
  expect(keyListOf(['a', 'b']).guarded).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { mergeDocument } from './merge-document.js';

describe('mergeDocument', () => {
  test('objects are merged field by field, at any depth', () => {
    expect(mergeDocument({ a: { b: { c: 1, d: 2 } }, e: 3 }, { a: { b: { d: 4 } } })).toEqual({
      a: { b: { c: 1, d: 4 } },
      e: 3,
    });
  });

  test('arrays, null and values of another kind replace what was there', () => {
    expect(mergeDocument({ a: [1, 2] }, { a: [3] })).toEqual({ a: [3] });
    expect(mergeDocument({ a: { b: 1 } }, { a: null })).toEqual({ a: null });
    expect(mergeDocument({ a: null }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
    expect(mergeDocument({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
  });

  test('neither document is changed', () => {
    const base = { a: { b: 1 } };
    const changes = { a: { c: 2 } };
    mergeDocument(base, changes);
    expect([base, changes]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  test('a field called __proto__ is a field', () => {
    const merged = mergeDocument({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.keys(merged)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });
});

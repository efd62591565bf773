import { expect, test } from 'vitest';
import { swapped, typedArrayBytes, typedArrayKind, typedArrayName, typedArrayOf } from './typed-array.js';

test('a view of the midst of a buffer gives its own elements only', () => {
  const view = new Uint16Array(Uint16Array.of(1, 2, 3).buffer, 2, 1);
  const kind = typedArrayKind(typedArrayName(view));
  expect([...typedArrayBytes(view, kind)]).toEqual([2, 0]);
  expect(typedArrayOf(kind, Uint8Array.of(2, 0))).toEqual(Uint16Array.of(2));
});

test('unknown kinds and cut elements are none', () => {
  expect(typedArrayOf(99, new Uint8Array(8))).toBeUndefined();
  expect(typedArrayOf(typedArrayKind('Float64Array'), new Uint8Array(7))).toBeUndefined();
  expect(typedArrayKind('Uint8Array')).toBe(-1);
  expect(typedArrayKind(typedArrayName(new DataView(new ArrayBuffer(8))))).toBe(-1);
});

test('the kinds stay where they were persisted', () => {
  expect(typedArrayKind('Int8Array')).toBe(0);
  expect(typedArrayKind('Float64Array')).toBe(7);
  expect(typedArrayKind('BigUint64Array')).toBe(9);
});

test('swapping reverses each element', () => {
  expect([...swapped(Uint8Array.of(1, 2, 3, 4), 2)]).toEqual([2, 1, 4, 3]);
  expect([...swapped(Uint8Array.of(1, 2), 1)]).toEqual([1, 2]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, canonicalText } from './canonical-key.js';
import { keyGroup } from './key-group.js';
import { KeyIndex } from './key-index.js';

const part = fc.constantFrom<unknown>('a', 'b', '__proto__', 0, 1, -0, Number.NaN, 1.5, 2 ** 31, -(2 ** 31), 1n, true);
const aKey = fc.oneof(
  part,
  fc.array(part, { maxLength: 4 }),
  fc.array(fc.oneof(part, fc.array(part, { maxLength: 1 })), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), part),
  fc.constantFrom(new Date(1), new Date(2), new Uint8Array([1]), new Array(9).fill(1)),
);

describe('KeyIndex', () => {
  it('gives each key one id, which goes to another key when nothing is held', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: aKey, op: fc.constantFrom('hold', 'release', 'look') }), { maxLength: 150 }),
        (steps) => {
          const index = new KeyIndex(128, 'test');
          const held = new Map<string, { readonly key: unknown; readonly id: number; count: number }>();
          let most = 0;
          for (const { key, op } of steps) {
            const text = canonicalText(key);
            const known = held.get(text);
            expect(index.find(key)).toBe(known?.id ?? -1);
            const id = index.idOf(key);
            expect(id).toBe(known?.id ?? id);
            expect(index.isLive(id)).toBe(true);
            expect(index.idOf(key)).toBe(id);
            expect(canonicalText(index.keyOf(id))).toBe(text);
            for (const other of held.values()) if (other !== known) expect(other.id).not.toBe(id);
            if (op === 'hold') {
              index.retain(id);
              if (known === undefined) held.set(text, { key, id, count: 1 });
              else known.count++;
            } else if (op === 'release' && known !== undefined) {
              index.release(id);
              if (--known.count === 0) held.delete(text);
            }
            most = Math.max(most, held.size + (held.has(text) ? 0 : 1));
            index.endTurn(id);
            index.endTurn(id);
            expect(index.size).toBe(held.size);
            expect(index.isLive(id)).toBe(held.has(text));
          }
          for (const { key, id } of held.values()) expect(index.find(key)).toBe(id);
          expect(index.limit).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('tells numbers and pairs of them apart as a Map does, through growth, deletion and reuse of ids', () => {
    const corners = [-0, 0, 1, -1, 0.5, -0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const beyond = [2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53, Number.MIN_VALUE];
    const aNumber = fc.oneof(
      fc.constantFrom(...corners, ...beyond),
      fc.integer({ min: -40, max: 40 }),
      fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 30 })).map(([n, zeros]) => n * 2 ** zeros),
    );
    const aStep = fc.record({
      key: fc.oneof(aNumber, fc.tuple(aNumber, aNumber)),
      goes: fc.integer({ min: 0, max: 2 }).map((of3) => of3 === 0),
    });
    /** As a Map compares: −0 is 0, and NaN is NaN. */
    const nameOf = (key: number | readonly number[]): string =>
      typeof key === 'number' ? `${key + 0}` : key.map((part) => part + 0).join(' ');
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 200, maxLength: 600 }), (steps) => {
        const index = new KeyIndex(128, 'test');
        const model = new Map<string, number>();
        for (const { key, goes } of steps) {
          const name = nameOf(key);
          const known = model.get(name);
          expect(index.find(key)).toBe(known ?? -1);
          const id = index.idOf(key);
          if (known === undefined) {
            index.retain(id);
            model.set(name, id);
          }
          if (!goes) continue;
          index.release(id);
          index.endTurn(id);
          model.delete(name);
        }
        expect(index.size).toBe(model.size);
        expect(new Set(model.values()).size).toBe(model.size);
        for (const [name, id] of model) {
          expect(nameOf(index.keyOf(id) as number | readonly number[])).toBe(name);
          expect(index.find(index.keyOf(id))).toBe(id);
        }
      }),
    );
  });

  it('holds many pairs, and forgets them all', () => {
    const index = new KeyIndex(128, 'test');
    const keys = Array.from({ length: 20_000 }, (_, at) => [at % 7 === 0 ? `d${at % 70}` : at % 70, at]);
    for (const key of keys) index.retain(index.idOf(key));
    expect(index.size).toBe(keys.length);
    expect(keys.every((key, at) => index.find([...key]) === at)).toBe(true);
    for (const [at] of keys.entries()) {
      index.release(at);
      index.endTurn(at);
    }
    expect(index.size).toBe(0);
    expect(keys.every((key) => index.find(key) === -1)).toBe(true);
  });

  it.each([[undefined], [null], [() => 1], [Symbol('x')], [new Map()], [['a', undefined]]])('refuses %s', (key) => {
    const index = new KeyIndex(128, 'test');
    expect(() => index.idOf(key)).toThrow('SLUICE_KEY');
    expect(index.size).toBe(0);
    expect(index.limit).toBe(0);
  });

  it('knows the key group of a key, not of the one that had its id before', () => {
    const index = new KeyIndex(128, 'test');
    const id = index.idOf(['a', 1]);
    expect(index.groupOf(id)).toBe(keyGroup(canonicalBytes(['a', 1]), 128));
    expect(index.groupOf(id)).toBe(keyGroup(canonicalBytes(['a', 1]), 128));
    index.endTurn(id);
    expect(index.idOf('b')).toBe(id);
    expect(index.groupOf(id)).toBe(keyGroup(canonicalBytes('b'), 128));
  });
});

it('keys of all kinds that are loaded have ids as keys that come one by one, and the key group that is told', () => {
  const loaded = new KeyIndex(128, 'test');
  const oneByOne = new KeyIndex(128, 'test');
  const keys = [7, -7, 0.5, 'a', 7n, true, [1, 2], [1, 'b'], ['c', 'd'], [1, 2, 3], [[1], 2], { a: 1 }, new Date(5)];
  loaded.beginLoad();
  for (const key of keys) {
    const id = oneByOne.idOf(key);
    oneByOne.retain(id);
    expect(loaded.idIn(oneByOne.groupOf(id), key)).toBe(id);
    loaded.retain(id);
  }
  loaded.endLoad();
  for (const key of keys) {
    expect(loaded.find(key)).toBe(oneByOne.find(key));
    expect(loaded.groupOf(loaded.find(key))).toBe(oneByOne.groupOf(oneByOne.find(key)));
  }
});

it('a key that goes while others are loaded is gone, and its id another one’s', () => {
  const keys = new KeyIndex(128, 'test');
  keys.beginLoad();
  keys.retain(keys.idIn(1, [1, 1]));
  const gone = keys.idIn(2, [2, 2]);
  keys.endTurn(gone);
  expect(keys.idIn(3, [3, 3])).toBe(gone);
  keys.endLoad();
  expect(keys.find([1, 1])).toBe(0);
  expect(keys.find([2, 2])).toBe(-1);
  expect(keys.find([3, 3])).toBe(gone);
});

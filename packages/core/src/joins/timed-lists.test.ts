import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimedLists } from './timed-lists.js';

interface Step {
  readonly list: number;
  readonly time: number;
  readonly does: 'add' | 'takeFirst' | 'delete';
}

const step: fc.Arbitrary<Step> = fc.record({
  list: fc.nat(4),
  time: fc.nat(30),
  does: fc.constantFrom('add', 'add', 'add', 'add', 'takeFirst', 'delete'),
});

describe('TimedLists', () => {
  it('keep what arrays would, each in order of time and of arrival', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const lists = new TimedLists(true);
        const numbers = new Map<number, number>();
        const model = new Map<number, [time: number, value: number][]>();
        for (const [value, { list, time, does }] of steps.entries()) {
          const known = numbers.get(list);
          const expected = model.get(list) ?? [];
          if (does === 'add') {
            if (known === undefined) numbers.set(list, lists.create(time, value, value % 2));
            else if ((expected.at(-1)?.[0] ?? 0) <= time) lists.append(known, time, value, value % 2);
            else lists.insert(known, time, value, value % 2);
            const place = expected.findIndex(([other]) => other > time);
            expected.splice(place < 0 ? expected.length : place, 0, [time, value]);
            model.set(list, expected);
          } else if (known !== undefined) {
            if (does === 'takeFirst' && expected.length > 1) {
              expected.shift();
              lists.values[lists.headOf(known)] = undefined;
              lists.heads[known] = lists.headOf(known) + 1;
            } else {
              lists.delete(known);
              numbers.delete(list);
              model.delete(list);
            }
          }
          for (const [name, elements] of model)
            expect(elementsOf(lists, numbers.get(name) as number)).toEqual(elements);
        }
      }),
    );
  });

  it('find the first element from a time on', () => {
    const lists = new TimedLists(false);
    const list = lists.create(10, 'a', 0);
    for (const time of [10, 20, 20, 30]) lists.append(list, time, 'b', 0);
    const placeOf = (time: number): number => lists.firstFrom(list, time) - lists.headOf(list);
    expect([5, 10, 15, 20, 25, 30, 35].map(placeOf)).toEqual([0, 0, 2, 2, 4, 4, 5]);
  });

  it('use the rows of lists that are gone again, and hold none of their values', () => {
    const lists = new TimedLists(false);
    const held = (): number => lists.values.filter((value) => value !== undefined).length;
    for (let round = 0; round < 100; round++) {
      const many = Array.from({ length: 10 }, () => lists.create(0, {}, 0));
      for (const list of many) for (let time = 1; time < 20; time++) lists.append(list, time, {}, 0);
      expect(held()).toBe(200);
      lists.keepOnly(new Set(many.slice(0, 1)));
      expect(held()).toBe(20);
      lists.keepOnly(new Set());
      expect(held()).toBe(0);
    }
    expect(lists.values.length).toBeLessThan(1_000);
  });
});

function elementsOf(lists: TimedLists, list: number): (readonly [number, unknown])[] {
  const elements: (readonly [number, unknown])[] = [];
  for (let row = lists.headOf(list); row < lists.endOf(list); row++) {
    expect(lists.marks[row]).toBe((lists.values[row] as number) % 2);
    elements.push([lists.times[row] as number, lists.values[row]]);
  }
  return elements;
}

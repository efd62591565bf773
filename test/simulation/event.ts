import type { SeededRandom } from '@sluice/testing';

/** What the simulated jobs are fed with. */
export interface Event {
  readonly id: number;
  readonly key: number;
  /** Of all sources: elements of one split keep their order. */
  readonly split: number;
  /** Even, so that nothing happens exactly at the end of a session, whose gap is odd. */
  readonly at: number;
  readonly value: number;
}

export type Splits = readonly (readonly Event[])[];

export interface Shape {
  readonly splits: number;
  readonly longest: number;
  readonly keys: number;
  /** Milliseconds that an element may be behind an earlier one of its split. */
  readonly disorder: number;
}

/** Random events; ids begin at `from`. */
export function randomSplits(random: SeededRandom, shape: Shape, from: { id: number; split: number }): Splits {
  return Array.from({ length: shape.splits }, () => {
    const split = from.split++;
    let time = random.int(-200, 200);
    return Array.from({ length: random.int(0, shape.longest) }, () => {
      time += random.int(0, 60);
      return {
        id: from.id++,
        key: random.int(1, shape.keys),
        split,
        at: 2 * Math.ceil((time - random.int(0, shape.disorder)) / 2),
        value: random.int(-5, 5),
      };
    });
  });
}

/** Bound of the disorder that `randomSplits` makes: rounding to even times adds to it. */
export function boundOf({ disorder }: Shape): number {
  return disorder + 2;
}

export function groupBy<K, T>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

import type { AggregateFunction } from './aggregate-function.js';
import { type Names, planned } from './plan.js';

/** What can be compared by `<`. */
export type Ordered = number | bigint | string | Date;

interface Extreme<V> {
  value: V | undefined;
}

interface ExtremeBy<T> {
  value: T | undefined;
  rank: Ordered | undefined;
}

/** `<` for the least, `>` for the greatest. */
export type Better = '<' | '>';

/**
 * The extreme of what `select` takes. NaN and invalid dates are passed over: they are neither smaller nor greater than anything, not
 * even than themselves, which `candidate >= candidate` shows.
 */
export function extremeOf<T, V extends Ordered>(
  select: (value: T) => V,
  better: Better,
): AggregateFunction<T, unknown, V> {
  const isBetter = compare(better);
  const adopt = (kept: string, candidate: string) =>
    `${kept} === undefined ? ${candidate} >= ${candidate} : ${candidate} ${better} ${kept}`;
  return planned<T, Extreme<V>, V>(
    {
      signature: better === '<' ? 'min' : 'max',
      fields: [{ kind: 'value', initial: () => 'undefined' }],
      given: [select],
      mergeable: true,
      anyOrder: true,
      add: ({ field, given }) =>
        `{ const candidate = ${given(0)}(value); if (${adopt(field(0), 'candidate')}) ${field(0)} = candidate; }`,
      merge: (left, right) => `if (${adopt(left.field(0), right.field(0))}) ${left.field(0)} = ${right.field(0)};`,
      result: ({ field }) => field(0),
      split: (accumulator) => [(accumulator as Extreme<V>).value],
      join: ([value]) => ({ value }),
    },
    {
      create: () => ({ value: undefined }),
      add(accumulator, value) {
        const candidate = select(value);
        if (isBetter(candidate, accumulator.value)) accumulator.value = candidate;
        return accumulator;
      },
      merge(a, b) {
        if (b.value !== undefined && isBetter(b.value, a.value)) a.value = b.value;
        return a;
      },
      // Undefined when there was nothing to compare, which the types of windows without an evictor rule out.
      result: ({ value }) => value as V,
    },
  ) as AggregateFunction<T, unknown, V>;
}

/** The value for which `select` is extreme; of several the first. */
export function extremeBy<T>(select: (value: T) => Ordered, better: Better): AggregateFunction<T, unknown, T> {
  const isBetter = compare(better);
  const adopt = ({ field }: Names, candidate: string) =>
    `${field(1)} === undefined ? ${candidate} >= ${candidate} : ${candidate} ${better} ${field(1)}`;
  return planned<T, ExtremeBy<T>, T>(
    {
      signature: better === '<' ? 'minBy' : 'maxBy',
      fields: [
        { kind: 'value', initial: () => 'undefined' },
        { kind: 'value', initial: () => 'undefined' },
      ],
      given: [select],
      mergeable: true,
      add: (names) =>
        `{ const rank = ${names.given(0)}(value); if (${adopt(names, 'rank')}) { ${names.field(0)} = value; ${names.field(1)} = rank; } }`,
      merge: (left, right) =>
        `if (${adopt(left, right.field(1))}) { ${left.field(0)} = ${right.field(0)}; ${left.field(1)} = ${right.field(1)}; }`,
      result: ({ field }) => field(0),
      split: (accumulator) => [(accumulator as ExtremeBy<T>).value, (accumulator as ExtremeBy<T>).rank],
      join: ([value, rank]) => ({ value, rank }),
    },
    {
      create: () => ({ value: undefined, rank: undefined }),
      add(accumulator, value) {
        const rank = select(value);
        if (isBetter(rank, accumulator.rank)) {
          accumulator.value = value;
          accumulator.rank = rank;
        }
        return accumulator;
      },
      merge: (a, b) => (b.rank !== undefined && isBetter(b.rank, a.rank) ? b : a),
      result: ({ value }) => value as T,
    },
  ) as AggregateFunction<T, unknown, T>;
}

function compare(better: Better): (candidate: Ordered, kept: Ordered | undefined) => boolean {
  return better === '<'
    ? (candidate, kept) => (kept === undefined ? isComparable(candidate) : candidate < kept)
    : (candidate, kept) => (kept === undefined ? isComparable(candidate) : candidate > kept);
}

function isComparable(value: Ordered): boolean {
  return typeof value === 'string' || typeof value === 'bigint' || !Number.isNaN(Number(value));
}

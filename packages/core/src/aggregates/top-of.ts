import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { planned } from './plan.js';

interface Ranking<T> {
  readonly values: T[];
  readonly scores: number[];
}

/**
 * The `n` values for which `select` is greatest, greatest first; of equal ones those that came first. Values for which it is NaN are
 * passed over; an empty array for none. It keeps at most `n` values. Each result is an array of its own.
 *
 * @param n a whole number from 1
 * @throws SLUICE_OPTION for another `n`
 *
 * @example
 * bidWindows$.pipe(aggregate(topOf(10, (bid) => bid.price)));
 */
export function topOf<T>(n: number, select: (value: T) => number): AggregateFunction<T, unknown, readonly T[]> {
  option.wholeNumber('topOf', 'n', n, 1, Number.MAX_SAFE_INTEGER);
  option.callback('topOf', 'select', select);
  return planned<T, Ranking<T>, readonly T[]>(
    {
      signature: `top ${n}`,
      fields: [{ kind: 'value', initial: () => '{ values: [], scores: [] }' }],
      given: [select, insert, mergeInto],
      mergeable: true,
      add: ({ field, given }) => `${given(1)}(${field(0)}, value, ${given(0)}(value), ${n});`,
      merge: (left, right) => `${left.given(2)}(${left.field(0)}, ${right.field(0)}, ${n});`,
      result: ({ field }) => `${field(0)}.values.slice()`,
      split: (ranking) => [ranking],
      join: ([ranking]) => ranking,
    },
    {
      create: () => ({ values: [], scores: [] }),
      add(ranking, value) {
        insert(ranking, value, select(value), n);
        return ranking;
      },
      merge: (a, b) => mergeInto(a, b, n),
      result: ({ values }) => values.slice(),
    },
  ) as AggregateFunction<T, unknown, readonly T[]>;
}

function mergeInto<T>(a: Ranking<T>, b: Ranking<T>, n: number): Ranking<T> {
  for (const [at, value] of b.values.entries()) insert(a, value, b.scores[at] as number, n);
  return a;
}

function insert<T>({ values, scores }: Ranking<T>, value: T, score: number, n: number): void {
  let at = scores.length;
  if (at === n && !(score > (scores[n - 1] as number))) return;
  if (Number.isNaN(score)) return;
  while (at > 0 && score > (scores[at - 1] as number)) at--;
  if (scores.length === n) {
    scores.pop();
    values.pop();
  }
  scores.splice(at, 0, score);
  values.splice(at, 0, value);
}

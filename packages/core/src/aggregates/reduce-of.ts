import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { planned } from './plan.js';

interface Reduced<T> {
  value: T | undefined;
  count: number;
}

/**
 * What `reduce` makes of the values, two at a time, beginning with the first. It must be associative where windows merge. `undefined`
 * for no values (a window whose elements an evictor removed). It must not change what it is given: the first value is an element of
 * the stream.
 *
 * @example
 * bidWindows$.pipe(aggregate(reduceOf((a, b) => (b.price > a.price ? b : a))));
 */
export function reduceOf<T>(reduce: (accumulator: T, value: T) => T): AggregateFunction<T, unknown, T> {
  option.callback('reduceOf', 'reduce', reduce);
  const take = (reduced: Reduced<T>, value: T): Reduced<T> => {
    reduced.value = reduced.count === 0 ? value : reduce(reduced.value as T, value);
    reduced.count++;
    return reduced;
  };
  return planned<T, Reduced<T>, T>(
    {
      signature: 'reduce',
      fields: [
        { kind: 'value', initial: () => 'undefined' },
        { kind: 'count', initial: () => '0' },
      ],
      given: [reduce],
      mergeable: true,
      add: ({ field, given }) => `${field(0)} = ${field(1)}++ === 0 ? value : ${given(0)}(${field(0)}, value);`,
      merge: (left, right) => `if (${right.field(1)} > 0) {
        ${left.field(0)} = ${left.field(1)} === 0 ? ${right.field(0)} : ${left.given(0)}(${left.field(0)}, ${right.field(0)});
        ${left.field(1)} += ${right.field(1)};
      }`,
      result: ({ field }) => field(0),
      split: (reduced) => [(reduced as Reduced<T>).value, (reduced as Reduced<T>).count],
      join: ([value, count]) => ({ value, count }),
    },
    {
      create: () => ({ value: undefined, count: 0 }),
      add: take,
      merge(a, b) {
        if (b.count === 0) return a;
        take(a, b.value as T);
        a.count += b.count - 1;
        return a;
      },
      result: ({ value }) => value as T,
    },
  ) as AggregateFunction<T, unknown, T>;
}

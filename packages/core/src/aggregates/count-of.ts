import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { planned } from './plan.js';

/**
 * How many values, or how many for which `where` holds; 0 for none. Its accumulator is one number.
 *
 * @example
 * bidWindows$.pipe(aggregate(countOf((bid) => bid.price > 1_000)));
 */
export function countOf<T>(where?: (value: T) => boolean): AggregateFunction<T, number, number> {
  if (where !== undefined) option.callback('countOf', 'where', where);
  return planned(
    {
      signature: 'count',
      fields: [{ kind: 'count', initial: () => '0', holds: { what: 'count', of: where } }],
      given: where === undefined ? [] : [where],
      mergeable: true,
      anyOrder: true,
      add({ field, given, shared }) {
        if (shared(0)) return '';
        return where === undefined ? `${field(0)}++;` : `if (${given(0)}(value)) ${field(0)}++;`;
      },
      merge: (left, right) => (left.shared(0) ? '' : `${left.field(0)} += ${right.field(0)};`),
      result: ({ field }) => field(0),
      split: (count) => [count],
      join: ([count]) => count,
    },
    {
      create: () => 0,
      add: where === undefined ? (count) => count + 1 : (count, value) => (where(value) ? count + 1 : count),
      merge: (a, b) => a + b,
      result: (count) => count,
    },
  );
}

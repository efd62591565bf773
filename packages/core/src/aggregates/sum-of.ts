import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { planned } from './plan.js';

/**
 * The sum of what `select` takes from each value; 0 for none. Adds as doubles, in the order in which values come. Its accumulator is
 * one number.
 *
 * @example
 * clickWindows$.pipe(aggregate(sumOf((click) => click.ms)));
 */
export function sumOf<T>(select: (value: T) => number): AggregateFunction<T, number, number> {
  option.callback('sumOf', 'select', select);
  return planned(
    {
      signature: 'sum',
      fields: [{ kind: 'number', initial: () => '0', holds: { what: 'sum', of: select } }],
      given: [select],
      mergeable: true,
      anyOrder: true,
      add: ({ field, given, shared }) => (shared(0) ? '' : `${field(0)} += ${given(0)}(value);`),
      merge: (left, right) => (left.shared(0) ? '' : `${left.field(0)} += ${right.field(0)};`),
      result: ({ field }) => field(0),
      split: (sum) => [sum],
      join: ([sum]) => sum,
    },
    {
      create: () => 0,
      add: (sum, value) => sum + select(value),
      merge: (a, b) => a + b,
      result: (sum) => sum,
    },
  );
}

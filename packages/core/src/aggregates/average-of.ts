import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { planned } from './plan.js';

interface SumAndCount {
  sum: number;
  count: number;
}

/**
 * The mean of what `select` takes from each value; NaN for none. Its accumulator is a sum and a count.
 *
 * @example
 * clickWindows$.pipe(aggregate(averageOf((click) => click.ms)));
 */
export function averageOf<T>(select: (value: T) => number): AggregateFunction<T, unknown, number> {
  option.callback('averageOf', 'select', select);
  return planned<T, SumAndCount, number>(
    {
      signature: 'average',
      fields: [
        { kind: 'number', initial: () => '0', holds: { what: 'sum', of: select } },
        { kind: 'count', initial: () => '0', holds: { what: 'count', of: undefined } },
      ],
      given: [select],
      mergeable: true,
      anyOrder: true,
      add: ({ field, given, shared }) =>
        `${shared(0) ? '' : `${field(0)} += ${given(0)}(value);`} ${shared(1) ? '' : `${field(1)}++;`}`,
      merge: (left, right) =>
        [0, 1].map((at) => (left.shared(at) ? '' : `${left.field(at)} += ${right.field(at)};`)).join(' '),
      result: ({ field }) => `${field(0)} / ${field(1)}`,
      split: (accumulator) => [(accumulator as SumAndCount).sum, (accumulator as SumAndCount).count],
      join: ([sum, count]) => ({ sum, count }),
    },
    {
      create: () => ({ sum: 0, count: 0 }),
      add(accumulator, value) {
        accumulator.sum += select(value);
        accumulator.count++;
        return accumulator;
      },
      merge(a, b) {
        a.sum += b.sum;
        a.count += b.count;
        return a;
      },
      result: ({ sum, count }) => sum / count,
    },
  ) as AggregateFunction<T, unknown, number>;
}

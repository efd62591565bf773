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
        { kind: 'number', initial: () => '0' },
        { kind: 'count', initial: () => '0' },
      ],
      given: [select],
      mergeable: true,
      anyOrder: true,
      add: ({ field, given }) => `${field(0)} += ${given(0)}(value); ${field(1)}++;`,
      merge: (left, right) => `${left.field(0)} += ${right.field(0)}; ${left.field(1)} += ${right.field(1)};`,
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

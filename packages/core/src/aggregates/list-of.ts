import { type AggregateFunction, defineAggregate } from './aggregate-function.js';

/**
 * All values, in order of arrival; an empty array for none. It keeps them all. Each result is an array of its own.
 *
 * @example
 * clickWindows$.pipe(aggregate(listOf()));
 */
export function listOf<T>(): AggregateFunction<T, unknown, readonly T[]> {
  return defineAggregate<T, T[], readonly T[]>({
    create: () => [],
    add(values, value) {
      values.push(value);
      return values;
    },
    merge(a, b) {
      for (const value of b) a.push(value);
      return a;
    },
    result: (values) => values.slice(),
  }) as AggregateFunction<T, unknown, readonly T[]>;
}

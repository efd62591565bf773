import { type AggregateFunction, defineAggregate } from './aggregate-function.js';

interface Reduced<T> {
  value: T | undefined;
  empty: boolean;
}

/**
 * What `reduce` makes of the values, two at a time, beginning with the first. It must be associative where windows merge. `undefined`
 * for no values (a window whose elements an evictor removed). It must not change what it is given: the first value is an element of
 * the stream.
 *
 * @example
 * aggregate(reduceOf((a, b) => (b.price > a.price ? b : a)))
 */
export function reduceOf<T>(reduce: (accumulator: T, value: T) => T): AggregateFunction<T, unknown, T> {
  const take = (reduced: Reduced<T>, value: T): Reduced<T> => {
    reduced.value = reduced.empty ? value : reduce(reduced.value as T, value);
    reduced.empty = false;
    return reduced;
  };
  return defineAggregate<T, Reduced<T>, T>({
    create: () => ({ value: undefined, empty: true }),
    add: take,
    merge: (a, b) => (b.empty ? a : take(a, b.value as T)),
    result: ({ value }) => value as T,
  }) as AggregateFunction<T, unknown, T>;
}

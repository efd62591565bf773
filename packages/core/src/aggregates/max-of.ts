import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { extremeOf, type Ordered } from './extreme.js';

/**
 * The greatest of what `select` takes from each value. NaN and invalid dates are passed over; `undefined` when nothing is left (a window
 * whose elements an evictor removed).
 *
 * @example
 * bidWindows$.pipe(aggregate(maxOf((bid) => bid.price)));
 */
export function maxOf<T, V extends Ordered>(select: (value: T) => V): AggregateFunction<T, unknown, V> {
  option.callback('maxOf', 'select', select);
  return extremeOf(select, '>');
}

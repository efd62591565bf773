import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { extremeBy, type Ordered } from './extreme.js';

/**
 * The value for which `select` is least; of several the one that came first. Values for which it is NaN or an invalid date are passed
 * over; `undefined` when nothing is left (a window whose elements an evictor removed). It keeps that value.
 *
 * @example
 * bidWindows$.pipe(aggregate(minBy((bid) => bid.price))); // the whole bid
 */
export function minBy<T>(select: (value: T) => Ordered): AggregateFunction<T, unknown, T> {
  option.callback('minBy', 'select', select);
  return extremeBy(select, '<');
}

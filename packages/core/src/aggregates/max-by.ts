import { option } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { extremeBy, type Ordered } from './extreme.js';

/**
 * The value for which `select` is greatest; of several the one that came first. Values for which it is NaN or an invalid date are passed
 * over; `undefined` when nothing is left (a window whose elements an evictor removed). It keeps that value.
 *
 * @example
 * bidWindows$.pipe(aggregate(maxBy((bid) => bid.price))); // the whole bid
 */
export function maxBy<T>(select: (value: T) => Ordered): AggregateFunction<T, unknown, T> {
  option.callback('maxBy', 'select', select);
  return extremeBy(select, '>');
}

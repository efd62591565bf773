import { shownOption } from '@sluice/connector-sdk';
import { option } from '../options/option.js';

/** Several values to emit at once; what `many` returns. */
export interface Many<R> {
  readonly '~many': Iterable<R>;
}

/** What a handler may return: a value to emit, nothing (`undefined`), or `many(values)`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing returns void
export type Emits<R> = R | Many<R> | undefined | void;

/** What is emitted of what handlers return. */
// biome-ignore lint/suspicious/noConfusingVoidType: what Emits admits is taken out again
export type Emitted<R> = Exclude<R, void | undefined | Many<unknown>>;

/**
 * Lets a handler emit any number of values: each of them, in order, with the timestamp that a single value would have.
 *
 * @example
 * keyedOrders$.pipe(processKeyed({ onElement: (order) => many(order.items) }));
 */
export function many<R>(values: Iterable<R>): Many<R> {
  const iterable = typeof (values as { [Symbol.iterator]?: unknown } | undefined)?.[Symbol.iterator] === 'function';
  option.require('many', iterable, 'values', 'an iterable', shownOption(values));
  return { '~many': values };
}

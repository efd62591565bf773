import { option } from '../options/option.js';
import { type AggregateFunction, defineAggregate, refuseMerge } from './aggregate-function.js';

/**
 * What `fold` makes of a seed and each value in turn; the seed for no values. The accumulator is the result: where it is emitted more
 * than once (`aggregateByKey`, several firings), return a new one instead of changing it.
 *
 * @param seed called for each key or window
 * @param merge two accumulators, the values of the first came before; needed where windows merge (sessions)
 * @throws SLUICE_AGGREGATE_MERGE in a merging window without `merge`
 *
 * @example
 * clickWindows$.pipe(aggregate(foldOf(() => '', (route, click) => `${route} ${click.country}`, (a, b) => a + b)));
 */
export function foldOf<T, R>(
  seed: () => R,
  fold: (accumulator: R, value: T) => R,
  merge?: (a: R, b: R) => R,
): AggregateFunction<T, R, R> {
  option.callback('foldOf', 'seed', seed);
  option.callback('foldOf', 'fold', fold);
  if (merge !== undefined) option.callback('foldOf', 'merge', merge);
  return defineAggregate<T, R, R>({
    create: seed,
    add: fold,
    merge: merge ?? refuseMerge,
    result: (accumulator) => accumulator,
  });
}

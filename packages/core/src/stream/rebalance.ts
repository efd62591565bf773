import type { MonoTypeOperatorFunction } from 'rxjs';
import { nodeOf, streamOf } from './data-stream.js';

/**
 * Spreads the elements evenly over the subtasks of the next operator: a new task begins here. At parallelism 1 it changes nothing.
 *
 * @example
 * skewed$.pipe(rebalance(), asyncMap(enrich, { concurrency: 16 }));
 */
export function rebalance<T>(): MonoTypeOperatorFunction<T> {
  return (source) => {
    const input = nodeOf(source);
    return streamOf<T>({
      kind: 'rebalance',
      inputs: [input],
      expects: input.gives,
      gives: input.gives,
      keepsKey: input.gives === 'keyed' || input.keepsKey,
      shuffles: true,
      role: { type: 'operator', create: (_context, out) => out },
    });
  };
}

import type { OperatorFunction } from 'rxjs';
import { aggregateEntries } from '../aggregates/aggregate-entries.js';
import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import { compileAggregate } from '../aggregates/compile.js';
import { settingsOf } from '../graph/node.js';
import { requireAggregate } from '../options/option.js';
import { checkTtl } from '../state/ttl.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { createRolling } from './rolling.js';
import type { StatefulOptions } from './stateful-options.js';

/**
 * A rolling aggregate for each key: emits the current result at once for each element, with the element's timestamp, under the same
 * key. Keeps one accumulator for each key, for ever or for a `ttl`.
 *
 * @param aggregate one of the aggregate functions, `allOf` of several, or one of your own (`defineAggregate`)
 * @param options.ttl after this time a key's accumulator is forgotten
 *
 * @example
 * bids$.pipe(
 *   keyBy((bid) => [bid.auction, bid.day]),
 *   aggregateByKey(allOf({ bids: countOf(), highest: maxOf((bid) => bid.price) })),
 * );
 */
export function aggregateByKey<K, T, R>(
  aggregate: AggregateFunction<NoInfer<T>, unknown, R>,
  options?: StatefulOptions,
): OperatorFunction<Keyed<K, T>, Keyed<K, R>> {
  requireAggregate('aggregateByKey', 'aggregate', aggregate);
  if (options?.ttl !== undefined) checkTtl('aggregateByKey', options.ttl);
  return (source) =>
    streamOf<Keyed<K, R>>({
      kind: 'aggregateByKey',
      inputs: [nodeOf(source)],
      expects: 'keyed',
      gives: 'keyed',
      keepsKey: true,
      stateful: true,
      settings: settingsOf(options),
      role: {
        type: 'operator',
        create: createAggregateByKey(aggregate as AggregateFunction<unknown, unknown, R>, options),
      },
    });
}

/** The operator itself. */
export function createAggregateByKey<T, R>(
  aggregate: AggregateFunction<T, unknown, R>,
  options: StatefulOptions = {},
): CreateOperator {
  return (context, out) => {
    const compiled = compileAggregate(aggregate as AggregateFunction<unknown, unknown, R>);
    const { create, addAndGet: step } = compiled;
    return createRolling(context, out, { codec: aggregateEntries(compiled), create, step }, options.ttl);
  };
}

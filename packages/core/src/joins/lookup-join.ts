import type { Duration } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { settingsOf } from '../graph/node.js';
import { type AsyncMapOptions, checkAsyncOptions } from '../operators/async-map.js';
import { option } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { JoinContext, Project } from './join-context.js';
import type { Lookup, LookupCacheOptions } from './lookup-cache.js';
import { createLookupJoin } from './lookup-operator.js';

export interface LookupJoinOptions extends AsyncMapOptions {
  /**
   * Keeps answers: each for `ttl` of the clock, at most `maxEntries` of them, those used last. Elements of one key that are under way at
   * the same time wait for one call. Without it each element is looked up.
   */
  readonly cache?: { readonly ttl: Duration; readonly maxEntries: number };
}

/**
 * Looks something up for each element by its key: a row of a table, a page of a service. Emits what `project` makes of the element and
 * the answer, with the timestamp of the element; order, concurrency, timeout, retries and failures are those of `asyncMap`.
 *
 * The answer is that of the moment: an element that is restored is looked up again, and may get another one.
 *
 * State: the elements under way. The cache is not part of it; an answer that failed is not cached.
 *
 * @param lookup Called with the key and a signal that is aborted when nobody waits any more.
 * @param options Those of `asyncMap`, and `cache`.
 * @param project Makes the result; an exception in it fails the job.
 * @throws SLUICE_OPTION for options that cannot be; SLUICE_ASYNC_TIMEOUT when the last attempt took too long
 * @see Apache Flink, the lookup join of its SQL, with a partial cache
 *
 * @example
 * const regions = new Map([['ann', 'north']]);
 * orders$.pipe(
 *   keyBy((order) => order.customer),
 *   lookupJoin(
 *     async (customer) => regions.get(customer),
 *     { concurrency: 32, timeout: '2s', cache: { ttl: '10m', maxEntries: 10_000 } },
 *     (order, region) => ({ ...order, region: region ?? 'unknown' }),
 *   ),
 * );
 */
export function lookupJoin<K, L, RI, O>(
  lookup: (key: K, context: { readonly signal: AbortSignal }) => Promise<RI>,
  options: LookupJoinOptions,
  project: (left: L, right: NoInfer<RI>, context: JoinContext<K>) => O,
): OperatorFunction<Keyed<K, L>, O> {
  const component = 'lookupJoin';
  option.callback(component, 'lookup', lookup);
  option.object(component, 'options', options);
  option.callback(component, 'project', project);
  const checked = checkAsyncOptions(options, component);
  const create = createLookupJoin({
    lookup: lookup as Lookup,
    options: checked,
    cache: cacheOption(component, options.cache),
    project: project as unknown as Project,
  });
  return (source) =>
    streamOf<O>({
      kind: component,
      inputs: [nodeOf(source)],
      settings: settingsOf(options),
      stateful: true,
      expects: 'keyed',
      sideOutputs: typeof checked.onError === 'object' ? [checked.onError] : [],
      role: { type: 'operator', create },
    });
}

function cacheOption(component: string, cache: LookupJoinOptions['cache']): LookupCacheOptions | undefined {
  if (cache === undefined) return undefined;
  const { ttl, maxEntries } = option.object(component, 'cache', cache);
  const most = Number.MAX_SAFE_INTEGER;
  return {
    ttl: option.duration(component, 'cache.ttl', ttl, 1, most),
    maxEntries: option.wholeNumber(component, 'cache.maxEntries', maxEntries, 1, most),
  };
}

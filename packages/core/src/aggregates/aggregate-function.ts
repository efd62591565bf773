import { type Codec, SluiceError } from '@sluice/connector-sdk';

/**
 * Many values to one result, step by step: what `aggregate`, `aggregateByKey`, `allOf` and `aggregatingState` take.
 *
 * `add` and `merge` may change the accumulator that they are given (of `merge` the first) and return it, or return another one. What
 * `result` returns is emitted: it must not be changed later.
 */
export interface AggregateFunction<in T, Acc, out R> {
  /** The accumulator of no values. */
  create(): Acc;
  /** `timestamp` is epoch milliseconds of event time, NaN when the element has none. */
  add(accumulator: Acc, value: T, timestamp: number): Acc;
  /** Both together; the values of `a` came first. Needed where windows merge (sessions). */
  merge(a: Acc, b: Acc): Acc;
  result(accumulator: Acc): R;
  /** How the accumulator is kept in checkpoints; `structuredCodec()` when there is none. */
  readonly codec?: Codec<Acc>;
}

/**
 * Identity; gives an aggregate function written as a literal its types and checks it at once.
 *
 * @throws SLUICE_AGGREGATE when a method is missing.
 *
 * @example
 * const longest = defineAggregate({
 *   create: () => '',
 *   add: (before: string, word: string) => (word.length > before.length ? word : before),
 *   merge: (a, b) => (b.length > a.length ? b : a),
 *   result: (word) => word,
 * });
 */
export function defineAggregate<T, Acc, R>(aggregate: AggregateFunction<T, Acc, R>): AggregateFunction<T, Acc, R> {
  for (const method of ['create', 'add', 'merge', 'result'] as const) {
    if (typeof aggregate?.[method] === 'function') continue;
    throw new SluiceError({
      code: 'SLUICE_AGGREGATE',
      component: 'defineAggregate',
      expected: '`create`, `add`, `merge` and `result`',
      actual: `no \`${method}\``,
      remedy: 'complete the aggregate function',
    });
  }
  return aggregate;
}

/** The `merge` of an aggregate function that has none. */
export function refuseMerge(): never {
  throw new SluiceError({
    code: 'SLUICE_AGGREGATE_MERGE',
    component: 'foldOf',
    expected: 'a `merge` function, since the windows merge',
    actual: 'none',
    remedy: 'give foldOf a third parameter that merges two accumulators',
  });
}

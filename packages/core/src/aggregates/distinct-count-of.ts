import { option } from '../options/option.js';
import { canonicalText } from '../state/canonical-key.js';
import type { Key } from '../stream/element.js';
import { type AggregateFunction, defineAggregate } from './aggregate-function.js';

interface Distinct {
  readonly primitives: Set<Key>;
  /** Arrays, objects, dates and bytes, by their canonical encoding. */
  readonly others: Set<string>;
}

/**
 * How many different keys `select` takes from the values, exactly; 0 for none. Keys are the same as in `keyBy`: −0 is 0, NaN is NaN,
 * `{ a, b }` is `{ b, a }`. It keeps each of them.
 *
 * @throws SLUICE_KEY for something that is no key
 *
 * @example
 * clickWindows$.pipe(aggregate(distinctCountOf((click) => click.user)));
 */
export function distinctCountOf<T>(select: (value: T) => Key): AggregateFunction<T, unknown, number> {
  option.callback('distinctCountOf', 'select', select);
  return defineAggregate<T, Distinct, number>({
    create: () => ({ primitives: new Set(), others: new Set() }),
    add(distinct, value) {
      const key = select(value);
      if (isPrimitive(key)) distinct.primitives.add(key);
      else distinct.others.add(canonicalText(key, 'distinctCountOf'));
      return distinct;
    },
    merge(a, b) {
      for (const key of b.primitives) a.primitives.add(key);
      for (const key of b.others) a.others.add(key);
      return a;
    },
    result: ({ primitives, others }) => primitives.size + others.size,
  }) as AggregateFunction<T, unknown, number>;
}

function isPrimitive(key: unknown): boolean {
  const type = typeof key;
  return type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean';
}

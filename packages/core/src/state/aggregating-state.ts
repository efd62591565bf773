import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import type { CompiledAggregate } from '../aggregates/compile.js';
import { requireAggregate } from '../options/option.js';
import { describe, type StateDescriptor } from './descriptor.js';
import { idInTurn } from './outside-turn.js';
import type { Ttl } from './ttl.js';
import type { Turn } from './turn.js';
import type { Values } from './values.js';

/** An aggregate for each key. */
export interface AggregatingState<T, R> {
  add(value: T): void;
  /** `undefined` when nothing has been added. */
  get(): R | undefined;
  clear(): void;
}

/**
 * An aggregate of what is added, for each key: the accumulator is kept, not the values.
 *
 * @example
 * const state = { latency: aggregatingState(averageOf<Call>((call) => call.ms), { ttl: '1d' }) };
 */
export function aggregatingState<T, R>(
  aggregate: AggregateFunction<T, unknown, R>,
  options: { readonly ttl?: Ttl } = {},
): StateDescriptor<AggregatingState<T, R>> {
  requireAggregate('aggregatingState', 'aggregate', aggregate);
  return describe('aggregatingState', {
    kind: 'aggregating',
    aggregate: aggregate as AggregateFunction<unknown, unknown, unknown>,
    ...options,
  });
}

export function bindAggregating(
  name: string,
  turn: Turn,
  values: Values<object>,
  aggregate: CompiledAggregate,
): AggregatingState<unknown, unknown> {
  return {
    add(value) {
      const id = idInTurn(turn, name);
      let accumulator = values.getForUpdate(id);
      if (accumulator === undefined) {
        accumulator = aggregate.create();
        values.set(id, accumulator);
      }
      aggregate.add(accumulator, value, turn.timestamp);
    },
    get() {
      const accumulator = values.get(idInTurn(turn, name));
      return accumulator === undefined ? undefined : aggregate.result(accumulator);
    },
    clear() {
      values.delete(idInTurn(turn, name));
    },
  };
}

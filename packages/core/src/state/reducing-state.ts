import { SluiceError } from '@sluice/connector-sdk';
import { option } from '../options/option.js';
import type { AggregatingState } from './aggregating-state.js';
import { describe, type StateDescriptor, type StateOptions } from './descriptor.js';
import { idInTurn } from './outside-turn.js';
import type { Turn } from './turn.js';
import type { Values } from './values.js';

/**
 * What `reduce` makes of the values that are added, two at a time, for each key: one value is kept.
 *
 * @throws SLUICE_STATE_UNDEFINED when `reduce` answers `undefined`
 *
 * @example
 * const state = { highest: reducingState<number>((a, b) => Math.max(a, b)) };
 */
export function reducingState<T>(
  reduce: (accumulator: T, value: T) => T,
  options: StateOptions<T> = {},
): StateDescriptor<AggregatingState<T, T>> {
  option.callback('reducingState', 'reduce', reduce);
  return describe('reducingState', {
    kind: 'reducing',
    reduce: reduce as (accumulator: unknown, value: unknown) => unknown,
    ...(options as StateOptions<unknown>),
  });
}

export function bindReducing(
  name: string,
  turn: Turn,
  values: Values<unknown>,
  reduce: (accumulator: unknown, value: unknown) => unknown,
): AggregatingState<unknown, unknown> {
  return {
    add(value) {
      const id = idInTurn(turn, name);
      const before = values.getForUpdate(id);
      const reduced = before === undefined ? value : reduce(before, value);
      if (reduced === undefined) throw nothingToKeep(name);
      values.set(id, reduced);
    },
    get: () => values.get(idInTurn(turn, name)),
    clear() {
      values.delete(idInTurn(turn, name));
    },
  };
}

function nothingToKeep(name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_UNDEFINED',
    component: `state '${name}'`,
    expected: 'a value to keep',
    actual: 'undefined',
    remedy: 'let the reduce function return the new value, null if there is none',
  });
}

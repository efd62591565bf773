import { describe, type StateDescriptor, type StateOptions } from './descriptor.js';
import type { ListTable } from './list-table.js';
import { idInTurn } from './outside-turn.js';
import type { Turn } from './turn.js';

/** A list for each key. */
export interface ListState<T> {
  /** The values in the order in which they were added. The array stays as it is whatever is done to the state later. */
  get(): readonly T[];
  add(value: T): void;
  set(values: readonly T[]): void;
  clear(): void;
}

/**
 * A list of values for each key, empty as long as none was added. A `ttl` is that of each value.
 *
 * @example
 * const state = { waiting: listState<Order>() };
 */
export function listState<T>(options: StateOptions<T> = {}): StateDescriptor<ListState<T>> {
  return describe('listState', { kind: 'list', ...(options as StateOptions<unknown>) });
}

export function bindList(name: string, turn: Turn, lists: ListTable): ListState<unknown> {
  return {
    get: () => lists.get(idInTurn(turn, name)),
    add: (value) => lists.add(idInTurn(turn, name), value),
    set: (values) => lists.set(idInTurn(turn, name), values),
    clear: () => lists.delete(idInTurn(turn, name)),
  };
}

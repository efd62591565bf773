import { option } from '../options/option.js';
import { describe, type StateDescriptor, type StateOptions } from './descriptor.js';
import { idInTurn } from './outside-turn.js';
import type { Turn } from './turn.js';
import type { Values } from './values.js';

/** One value for each key. */
export interface ValueState<T, Empty = undefined> {
  /** What is kept, or, when there is nothing, `undefined` or the initial value. Change it only to `set` it. */
  get(): T | Empty;
  /** `undefined` is the same as `clear()`. */
  set(value: T): void;
  clear(): void;
}

/**
 * One value for each key, `undefined` as long as none was set.
 *
 * @example
 * logins$.pipe(
 *   keyBy((login) => login.user),
 *   processKeyed({ state: { last: valueState<Login>() }, onElement(login, { state }) { state.last.set(login); } }),
 * );
 */
export function valueState<T>(options: StateOptions<T> = {}): StateDescriptor<ValueState<T>> {
  return describe('valueState', { kind: 'value', initial: undefined, ...(options as StateOptions<unknown>) });
}

/**
 * One value for each key, with one to begin with: `get()` needs no check. The initial value is not kept until it is set.
 *
 * @param initial called at each `get()` that finds nothing
 *
 * @example
 * const state = { failures: valueStateOf(() => 0, { ttl: '1h' }) };
 */
export function valueStateOf<T>(
  initial: () => T,
  options: StateOptions<NoInfer<T>> = {},
): StateDescriptor<ValueState<T, never>> {
  option.callback('valueStateOf', 'initial', initial);
  return describe('valueStateOf', { kind: 'value', initial, ...(options as StateOptions<unknown>) });
}

export function bindValue(
  name: string,
  turn: Turn,
  values: Values<unknown>,
  initial: (() => unknown) | undefined,
): ValueState<unknown> {
  return {
    get() {
      const value = values.get(idInTurn(turn, name));
      return value === undefined && initial !== undefined ? initial() : value;
    },
    set(value) {
      const id = idInTurn(turn, name);
      if (value === undefined) values.delete(id);
      else values.set(id, value);
    },
    clear() {
      values.delete(idInTurn(turn, name));
    },
  };
}

import type { AggregatingState } from '../state/aggregating-state.js';
import type { StateDescriptor, StateOf, StateShape } from '../state/descriptor.js';
import type { ListState } from '../state/list-state.js';
import type { MapState } from '../state/map-state.js';
import type { StateValues } from '../state/state-values.js';
import type { ValueState } from '../state/value-state.js';

type InputOf<H> =
  H extends MapState<infer MK, infer V>
    ? Iterable<readonly [MK, V]>
    : H extends ListState<infer T>
      ? Iterable<T>
      : H extends AggregatingState<infer T, infer _R>
        ? Iterable<T>
        : H extends ValueState<infer T, infer _Empty>
          ? T | undefined
          : never;

/**
 * What is to be kept: a value; the values of a list; the entries of a map; for a reducing or aggregating state, the values to add.
 */
export type StateInput<S extends StateShape> = {
  readonly [P in keyof S]?: (S[P] extends StateDescriptor<infer H> ? InputOf<H> : never) | undefined;
};

/** A handle by what it can do: which state it is of, a shape says no longer when it is bound. */
type Handle =
  | ValueState<unknown>
  | ListState<unknown>
  | MapState<unknown, unknown>
  | AggregatingState<unknown, unknown>;

/** What the handles give in this turn, as values of their own. */
export function valuesIn<S extends StateShape>(handles: StateOf<S>): StateValues<S> {
  const values = Object.entries<Handle>(handles as Readonly<Record<string, Handle>>).map(([name, handle]) => [
    name,
    'has' in handle ? new Map(handle) : handle.get(),
  ]);
  return Object.fromEntries(values) as StateValues<S>;
}

/** Sets all states of this turn: what is left out is empty. */
export function setStates<S extends StateShape>(handles: StateOf<S>, input: StateInput<S>): void {
  const given = input as Readonly<Record<string, unknown>>;
  for (const [name, handle] of Object.entries<Handle>(handles as Readonly<Record<string, Handle>>)) {
    handle.clear();
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) setState(handle, value);
  }
}

function setState(handle: Handle, value: unknown): void {
  if ('has' in handle) {
    for (const [key, item] of value as Iterable<readonly [unknown, unknown]>) handle.set(key, item);
  } else if ('add' in handle) {
    for (const item of value as Iterable<unknown>) handle.add(item);
  } else {
    handle.set(value);
  }
}

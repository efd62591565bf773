import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import type { AggregatingState } from '../state/aggregating-state.js';
import { canonicalBytes } from '../state/canonical-key.js';
import type { ListState } from '../state/list-state.js';
import type { MapState } from '../state/map-state.js';
import type { ValueState } from '../state/value-state.js';

/** Where a value of the current window is kept: plain data. */
export interface Slot {
  get(): unknown;
  set(value: unknown): void;
  clear(): void;
}

export function valueHandle(slot: Slot, initial: (() => unknown) | undefined): ValueState<unknown> {
  return {
    get() {
      const value = slot.get();
      return value === undefined && initial !== undefined ? initial() : value;
    },
    set(value) {
      if (value === undefined) slot.clear();
      else slot.set(value);
    },
    clear: () => slot.clear(),
  };
}

export function listHandle(slot: Slot): ListState<unknown> {
  const get = (): readonly unknown[] => (slot.get() as readonly unknown[] | undefined) ?? [];
  return {
    get,
    add: (value) => slot.set([...get(), value]),
    set: (values) => slot.set([...values]),
    clear: () => slot.clear(),
  };
}

export function aggregatingHandle(
  slot: Slot,
  aggregate: Pick<AggregateFunction<unknown, unknown, unknown>, 'create' | 'add' | 'result'>,
): AggregatingState<unknown, unknown> {
  return {
    add: (value) => slot.set(aggregate.add(slot.get() ?? aggregate.create(), value, Number.NaN)),
    get() {
      const accumulator = slot.get();
      return accumulator === undefined ? undefined : aggregate.result(accumulator);
    },
    clear: () => slot.clear(),
  };
}

/** Entries by the canonical bytes of their key, as text. */
type Entries = Map<string, readonly [key: unknown, value: unknown]>;

export function mergeMaps(older: unknown, newer: unknown): Entries {
  return new Map([...(older as Entries), ...(newer as Entries)]);
}

export function mapHandle(slot: Slot): MapState<unknown, unknown> {
  const entries = (): Entries => (slot.get() as Entries | undefined) ?? new Map();
  return {
    get: (key) => entries().get(textOf(key))?.[1],
    has: (key) => entries().has(textOf(key)),
    set: (key, value) => slot.set(entries().set(textOf(key), [key, value])),
    delete(key) {
      entries().delete(textOf(key));
    },
    get isEmpty() {
      return entries().size === 0;
    },
    clear: () => slot.clear(),
    [Symbol.iterator]: () => entries().values(),
  };
}

function textOf(key: unknown): string {
  return String.fromCharCode(...canonicalBytes(key, 'state of a trigger'));
}

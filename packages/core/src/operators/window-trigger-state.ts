import { SluiceError } from '@sluice/connector-sdk';
import { detailsOf, type StateDescriptor, type StateOf, type StateShape } from '../state/descriptor.js';
import type { TriggerValueDescriptor } from '../windows/trigger-value.js';
import {
  aggregatingHandle,
  listHandle,
  mapHandle,
  mergeMaps,
  type Slot,
  valueHandle,
} from './window-trigger-handles.js';

/**
 * The state of a trigger for one window: by name the values that windows which became this one had, the oldest window's first. They
 * become one when the trigger reads them, since only then is it known how.
 */
export type TriggerState = Map<string, unknown[]>;

/** The window whose state is meant. */
interface Stateful {
  state: TriggerState | undefined;
}

export function mergeTriggerState(
  older: TriggerState | undefined,
  newer: TriggerState | undefined,
): TriggerState | undefined {
  if (older === undefined || newer === undefined) return older ?? newer;
  for (const [name, values] of newer) older.set(name, [...(older.get(name) ?? []), ...values]);
  return older;
}

/** The state of a trigger for the window that `current` answers. Handles are made once for each shape. */
export function triggerStates(current: () => Stateful): <S extends StateShape>(shape: S) => StateOf<S> {
  const known = new WeakMap<StateShape, object>();
  return <S extends StateShape>(shape: S) => {
    let handles = known.get(shape);
    if (handles === undefined) {
      handles = Object.fromEntries(
        Object.entries(shape).map(([name, descriptor]) => [name, createHandle(name, descriptor, current)]),
      );
      known.set(shape, handles);
    }
    return handles as StateOf<S>;
  };
}

type Merge = (older: unknown, newer: unknown) => unknown;

const keepOldest: Merge = (older) => older;

function createSlot(name: string, current: () => Stateful, merge: Merge = keepOldest): Slot {
  return {
    get() {
      const values = current().state?.get(name);
      if (values === undefined) return undefined;
      if (values.length > 1) values.splice(0, values.length, values.reduce(merge));
      return values[0];
    },
    set(value) {
      const live = current();
      live.state ??= new Map();
      live.state.set(name, [value]);
    },
    clear() {
      current().state?.delete(name);
    },
  };
}

function createHandle(name: string, descriptor: StateDescriptor<unknown>, current: () => Stateful): unknown {
  if (descriptor?.kind === 'triggerValue') {
    return createSlot(name, current, (descriptor as TriggerValueDescriptor<unknown>).merge as Merge | undefined);
  }
  const details = detailsOf(name, descriptor);
  if (details.ttl !== undefined || ('codec' in details && details.codec !== undefined)) throw notForTriggers(name);
  switch (details.kind) {
    case 'value':
      return valueHandle(createSlot(name, current), details.initial);
    case 'list':
      return listHandle(
        createSlot(name, current, (older, newer) => [...(older as unknown[]), ...(newer as unknown[])]),
      );
    case 'map':
      return mapHandle(createSlot(name, current, mergeMaps));
    case 'reducing':
      return aggregatingHandle(createSlot(name, current, details.reduce), {
        create: () => undefined,
        add: (accumulator, value) => (accumulator === undefined ? value : details.reduce(accumulator, value)),
        result: (accumulator) => accumulator,
      });
    case 'aggregating': {
      const { aggregate } = details;
      return aggregatingHandle(
        createSlot(name, current, (older, newer) => aggregate.merge(older, newer)),
        aggregate,
      );
    }
  }
}

function notForTriggers(name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_DESCRIPTOR',
    component: `state '${name}' of a trigger`,
    expected: 'no `ttl` and no `codec`: it lives as long as its window, in the encoding of structuredCodec()',
    actual: 'one of them',
    remedy: 'leave the options out',
  });
}

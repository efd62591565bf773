import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { TimedTable } from '../state/timed-table.js';
import type { Turn } from '../state/turn.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';

export type RollingStep<S> = (state: S, value: unknown, timestamp: number, key: unknown) => unknown;

/** Closed. */
export function rollingNext<S extends object>(
  inputKey: KeyRegister,
  outputKey: KeyRegister | undefined,
  keys: KeyIndex,
  table: Table<S>,
  create: () => S,
  step: RollingStep<S>,
  emit: StreamObserver<unknown>['next'],
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    const { key } = inputKey;
    const id = keys.idOf(key);
    let state = table.getForUpdate(id);
    if (state === undefined) {
      state = create();
      table.set(id, state);
    }
    const result = step(state, value, timestamp, key);
    if (outputKey !== undefined) outputKey.key = key;
    emit(result, timestamp);
  };
}

/** Closed. */
export function rollingNextWithTtl<S extends object>(
  inputKey: KeyRegister,
  outputKey: KeyRegister | undefined,
  keys: KeyIndex,
  turn: Turn,
  table: TimedTable<S>,
  create: () => S,
  step: RollingStep<S>,
  emit: StreamObserver<unknown>['next'],
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    const { key } = inputKey;
    const id = keys.idOf(key);
    turn.id = id;
    turn.timestamp = timestamp;
    let state = table.getForUpdate(id);
    if (state === undefined) {
      state = create();
      table.set(id, state);
    }
    const result = step(state, value, timestamp, key);
    turn.id = -1;
    if (outputKey !== undefined) outputKey.key = key;
    emit(result, timestamp);
  };
}

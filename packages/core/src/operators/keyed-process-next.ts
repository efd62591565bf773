import type { KeyIndex } from '../state/key-index.js';
import type { Turn } from '../state/turn.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { TimerDomain } from './keyed-process-timers.js';
import type { Many } from './many.js';

/** The context of a handler as the operator sets it for each call. */
export interface ProcessCall {
  key: unknown;
  timestamp: number;
  /** Of what is emitted: a timer of the clock has no event time. */
  emitTimestamp: number;
  domain: TimerDomain | undefined;
}

/** Emits what a handler returned. */
export type EmitReturned = (returned: unknown, timestamp: number) => void;

/** Closed. */
export function emitReturned(emit: (value: unknown, timestamp: number) => void): EmitReturned {
  return (returned, timestamp) => {
    const values = typeof returned === 'object' ? (returned as Many<unknown> | null)?.['~many'] : undefined;
    if (values === undefined) emit(returned, timestamp);
    else for (const value of values) emit(value, timestamp);
  };
}

/** Closed. The turn lasts until everything has been emitted: an iterable may read state as it goes. */
export function handleElements(
  register: KeyRegister,
  keys: KeyIndex,
  control: KeyedControl,
  turn: Turn,
  call: ProcessCall,
  onElement: (value: never, context: never) => unknown,
  emit: EmitReturned,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const { key } = register;
    const id = keys.idOf(key);
    turn.id = id;
    turn.timestamp = timestamp;
    call.key = key;
    call.timestamp = timestamp;
    call.emitTimestamp = timestamp;
    const returned = onElement(value as never, call as never);
    if (returned !== undefined) emit(returned, timestamp);
    turn.id = -1;
    keys.endTurn(id);
  };
}

import type { StateShape } from '../state/descriptor.js';
import type { CreateOperator } from '../stream/operator.js';
import { keyedInput } from './keyed-operator.js';
import { KeyedProcess, type ProcessContext, type TimerContext } from './keyed-process.js';
import type { Emits } from './many.js';

/** The handlers of `processKeyed`. What they return is emitted. */
export interface KeyedProcessHandlers<K, T, S extends StateShape, R, RT> {
  readonly state?: S;
  onElement(value: T, context: ProcessContext<K, S>): Emits<R>;
  onTimer?(timestamp: number, context: TimerContext<K, S>): Emits<RT>;
}

/** The input of `processKeyed`. */
export function createProcessKeyed<K, T, S extends StateShape, R, RT>(
  process: KeyedProcessHandlers<K, T, S, R, RT>,
): CreateOperator<unknown, never> {
  const { state } = process;
  const onTimer = process.onTimer?.bind(process);
  const onElement = process.onElement.bind(process);
  return (context, out) => {
    const keyed = new KeyedProcess(context, out, { component: 'processKeyed', state, onTimer });
    return keyedInput(keyed.control, keyed.elements(context.inputKey, onElement));
  };
}

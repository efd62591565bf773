import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option } from '../options/option.js';
import { requireStates, type StateShape } from '../state/descriptor.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { keyedInput } from './keyed-operator.js';
import { KeyedProcess, type ProcessContext, type TimerContext } from './keyed-process.js';
import type { Emits, Emitted } from './many.js';

/** The handlers of `processKeyed`. What they return is emitted: a value, nothing, or `many(values)`. */
export interface KeyedProcessFunction<K, T, S extends StateShape, R, RT> extends OperatorOptions {
  /** What is kept for each key. */
  readonly state?: S;
  onElement(value: T, context: ProcessContext<K, S>): Emits<R>;
  onTimer?(timestamp: number, context: TimerContext<K, S>): Emits<RT>;
}

/**
 * Elements of a key, its state and its timers in the user's own hands. Emits what the handlers return, with the element's timestamp or,
 * of an event timer, the timer's; what a processing timer returns has no timestamp.
 *
 * State: what `state` declares, and the timers. An event timer at or below the watermark fires at the next advance; one that a timer
 * registers, in the same one. Timers of the clock that were due while the job was down fire on restore; those that are still to come
 * when the input ends do not fire.
 *
 * @param process The handlers, and `state`: a record of descriptors.
 * @throws SLUICE_STATE_OUTSIDE_TURN, SLUICE_TIMER when state or timers are used after a handler has returned
 * @see Apache Flink, `KeyedProcessFunction`
 *
 * @example
 * logins$.pipe(
 *   keyBy((login) => login.user),
 *   processKeyed({
 *     state: { failures: valueStateOf(() => 0) },
 *     onElement(login, { state }) {
 *       state.failures.set(login.ok ? 0 : state.failures.get() + 1);
 *       return state.failures.get() >= 5 ? { alert: login.user } : undefined;
 *     },
 *   }),
 * );
 */
export function processKeyed<K, T, S extends StateShape = Record<never, never>, R = never, RT = never>(
  process: KeyedProcessFunction<K, T, S, R, RT>,
): OperatorFunction<Keyed<K, T>, Emitted<R | RT>> {
  const create = createProcessKeyed(process);
  return (source) =>
    streamOf<Emitted<R | RT>>({
      kind: 'processKeyed',
      inputs: [nodeOf(source)],
      settings: settingsOf(process),
      stateful: true,
      expects: 'keyed',
      emitsToAny: true,
      role: { type: 'operator', create: create as CreateOperator },
    });
}

/** The input of `processKeyed`. */
export function createProcessKeyed<K, T, S extends StateShape, R, RT>(
  process: KeyedProcessFunction<K, T, S, R, RT>,
): CreateOperator<unknown, never> {
  option.object('processKeyed', 'process', process);
  const { state } = process;
  option.callback('processKeyed', 'onElement', process.onElement);
  if (process.onTimer !== undefined) option.callback('processKeyed', 'onTimer', process.onTimer);
  requireStates('processKeyed', state);
  const onTimer = process.onTimer?.bind(process);
  const onElement = process.onElement.bind(process);
  return (context, out) => {
    const keyed = new KeyedProcess(context, out, { component: 'processKeyed', state, onTimer });
    return keyedInput(keyed.control, keyed.elements(context.inputKey, onElement));
  };
}

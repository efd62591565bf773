import type { Observable, OperatorFunction } from 'rxjs';
import { type InputKind, type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireStream } from '../options/option.js';
import { requireStates, type StateShape } from '../state/descriptor.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed, StreamObserver } from '../stream/element.js';
import { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';
import { KeyedProcess, type ProcessContext, type TimerContext } from './keyed-process.js';
import type { Emits, Emitted } from './many.js';

/** The handlers of `processWith`. What they return is emitted: a value, nothing, or `many(values)`. */
export interface KeyedCoProcessFunction<K, L, RI, S extends StateShape, R, R2, RT> extends OperatorOptions {
  /** What is kept for each key, shared by both sides. */
  readonly state?: S;
  onLeft(value: L, context: ProcessContext<K, S>): Emits<R>;
  onRight(value: RI, context: ProcessContext<K, S>): Emits<R2>;
  onTimer?(timestamp: number, context: TimerContext<K, S>): Emits<RT>;
}

/**
 * Two keyed streams that share state and timers: `processKeyed` with a handler for each. Its event time is the least of the two, that
 * of an idle one left out.
 *
 * State: what `state` declares, the timers, and the watermarks of both inputs.
 *
 * @param right The other stream, keyed in the same way.
 * @param process The handlers, and `state`: a record of descriptors.
 * @throws SLUICE_STATE_OUTSIDE_TURN, SLUICE_TIMER when state or timers are used after a handler has returned
 * @see Apache Flink, `connect` with a `KeyedCoProcessFunction`
 *
 * @example
 * orders$.pipe(
 *   keyBy((order) => order.id),
 *   processWith(payments$.pipe(keyBy((payment) => payment.order)), {
 *     state: { order: valueState<Order>() },
 *     onLeft(order, { state }) { state.order.set(order); },
 *     onRight: (payment, { state }) => ({ payment, order: state.order.get() }),
 *   }),
 * );
 */
export function processWith<K, L, RI, S extends StateShape = Record<never, never>, R = never, R2 = never, RT = never>(
  right: Observable<Keyed<K, RI>>,
  process: KeyedCoProcessFunction<NoInfer<K>, L, NoInfer<RI>, S, R, R2, RT>,
): OperatorFunction<Keyed<K, L>, Emitted<R | R2 | RT>> {
  requireStream('processWith', 'right', right);
  const create = createProcessWith(process);
  return (source) =>
    streamOf<Emitted<R | R2 | RT>>({
      kind: 'processWith',
      inputs: [nodeOf(source), nodeOf(right)],
      settings: settingsOf(process),
      stateful: true,
      expects: 'keyed',
      emitsToAny: true,
      role: {
        type: 'multiInput',
        create: (context, inputs, out) => create(context, [keyOf(inputs, 0), keyOf(inputs, 1)], out),
      },
    });
}

function keyOf(inputs: readonly InputKind[], place: number): KeyRegister {
  return (inputs[place] as InputKind).key;
}

/** Makes the two inputs of an operator, left and right, each with the register of its keys. */
export type CreateTwoInputs = (
  context: OperatorContext,
  keys: readonly [left: KeyRegister, right: KeyRegister],
  out: StreamObserver<never>,
) => readonly [left: StreamObserver<unknown>, right: StreamObserver<unknown>];

/** The inputs of `processWith`. */
export function createProcessWith<K, L, RI, S extends StateShape, R, R2, RT>(
  process: KeyedCoProcessFunction<K, L, RI, S, R, R2, RT>,
): CreateTwoInputs {
  option.object('processWith', 'process', process);
  const { state } = process;
  option.callback('processWith', 'onLeft', process.onLeft);
  option.callback('processWith', 'onRight', process.onRight);
  if (process.onTimer !== undefined) option.callback('processWith', 'onTimer', process.onTimer);
  requireStates('processWith', state);
  const onTimer = process.onTimer?.bind(process);
  const handlers = [process.onLeft.bind(process), process.onRight.bind(process)] as const;
  return (context, keys, out) => {
    const inputs = new MultiInput(
      2,
      {
        watermark: (timestamp) => keyed.control.advance(timestamp),
        barrier: (barrier) => keyed.control.barrier(barrier),
        status: (idle) => keyed.control.status(idle),
        error: (error) => keyed.control.error(error),
        complete: () => keyed.control.complete(),
      },
      'processWith',
    );
    const keyed = new KeyedProcess(context, out, { component: 'processWith', state, onTimer, header: inputs });
    const input = (place: 0 | 1): StreamObserver<unknown> => {
      const handle = keyed.elements(keys[place], handlers[place]);
      return {
        next(value, timestamp) {
          if (inputs.aligning) throw inputs.outOfWave();
          handle(value, timestamp);
        },
        ...inputs.input(place),
      };
    };
    return [input(0), input(1)];
  };
}

import { structuredCodec } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option } from '../options/option.js';
import type { StateShape } from '../state/descriptor.js';
import { KeyedStore } from '../state/keyed-store.js';
import { bindOperatorList, OperatorList, operatorListOf } from '../state/operator-list.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import { valueCodec } from '../state/value-codec.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { createEmitTo } from './emit-to.js';
import { KeyedControl, keyedInput } from './keyed-operator.js';
import type { ProcessContext } from './keyed-process.js';
import { type EmitReturned, emitReturned } from './keyed-process-next.js';
import type { Emits, Emitted } from './many.js';

/** The handler of `processStream`. What it returns is emitted: a value, nothing, or `many(values)`. */
export interface ProcessFunction<T, S extends StateShape, R> extends OperatorOptions {
  /** Lists of the operator as a whole: `operatorListState`. */
  readonly state?: S;
  onElement(value: T, context: Omit<ProcessContext<undefined, S>, 'key' | 'timers'>): Emits<R>;
}

/**
 * Elements of a stream without keys, in the user's own hands, with state that belongs to the operator. Emits what the handler returns,
 * with the element's timestamp. State by key and timers are those of `processKeyed`.
 *
 * State: the lists that `state` declares. Their items are kept in checkpoints one by one, with how they are redistributed at another
 * parallelism.
 *
 * @param process The handler, and `state`: a record of `operatorListState`.
 * @throws SLUICE_OPTION, SLUICE_STATE_DESCRIPTOR for what cannot be; SLUICE_STATE_OUTSIDE_TURN for state used after the handler
 * @see Apache Flink, `ProcessFunction` with `CheckpointedFunction`
 *
 * @example
 * orders$.pipe(
 *   processStream({
 *     state: { waiting: operatorListState<Order>() },
 *     onElement(order, { state }) {
 *       state.waiting.add(order);
 *       const batch = state.waiting.get();
 *       if (batch.length < 2) return;
 *       state.waiting.clear();
 *       return { batch };
 *     },
 *   }),
 * );
 */
export function processStream<T, S extends StateShape = Record<never, never>, R = never>(
  process: ProcessFunction<T, S, R>,
): OperatorFunction<T, Emitted<R>> {
  const create = createProcessStream(process);
  return (source) =>
    streamOf<Emitted<R>>({
      kind: 'processStream',
      inputs: [nodeOf(source)],
      settings: settingsOf(process),
      stateful: true,
      emitsToAny: true,
      role: { type: 'operator', create: create as CreateOperator },
    });
}

const COMPONENT = 'processStream';

/** The context of the handler as the operator sets it for each call. */
interface StreamCall {
  timestamp: number;
}

/** The input of `processStream`. */
export function createProcessStream<T, S extends StateShape, R>(
  process: ProcessFunction<T, S, R>,
): CreateOperator<unknown, never> {
  option.object(COMPONENT, 'process', process);
  option.callback(COMPONENT, 'onElement', process.onElement);
  const lists = Object.entries(process.state ?? {}).map(
    ([name, descriptor]) => [name, operatorListOf('processStream', name, descriptor)] as const,
  );
  const onElement = process.onElement.bind(process);
  return (context, out) => {
    const { uid, maxParallelism, dropUnknownState, clock, metrics, logger } = context;
    const store = new KeyedStore({ uid, maxParallelism, undeclared: dropUnknownState === true ? 'drop' : undefined });
    const control = new KeyedControl(context, [out]);
    const turn: Turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      get watermark() {
        return control.watermark;
      },
      clock,
    };
    const opened = lists.map(([name, { codec, redistribute = 'split' }]) => {
      const list = new OperatorList(store, name, redistribute, valueCodec(codec ?? structuredCodec<unknown>(), name));
      return { name, list };
    });
    if (context.restored !== undefined) control.restore(store.restore(context.restored)).end();
    for (const { list } of opened) list.restored();
    const call: StreamCall & Record<string, unknown> = {
      timestamp: Number.NaN,
      get watermark() {
        return control.watermark;
      },
      state: Object.fromEntries(opened.map(({ name, list }) => [name, bindOperatorList(name, turn, list)])),
      clock,
      metrics,
      logger,
      emitTo: createEmitTo(context, () => call.timestamp),
    };
    control.start({ fireEvent: () => false, capture: (header) => store.capture(header) });
    const emit = specialise(emitReturned)(out.next as (value: unknown, timestamp: number) => void);
    return keyedInput(control, specialise(handleStream)(turn, call, onElement, emit));
  };
}

/** Closed. */
function handleStream(
  turn: Turn,
  call: StreamCall,
  onElement: (value: never, context: never) => unknown,
  emit: EmitReturned,
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    turn.id = 0;
    call.timestamp = timestamp;
    const returned = onElement(value as never, call as never);
    if (returned !== undefined) emit(returned, timestamp);
    turn.id = -1;
  };
}

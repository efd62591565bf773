import { type Codec, structuredCodec } from '@sluice/connector-sdk';
import type { Observable, OperatorFunction } from 'rxjs';
import { type InputKind, type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireStream } from '../options/option.js';
import { detailsOf, type StateDescriptor, type StateOf, type StateShape } from '../state/descriptor.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { MapState } from '../state/map-state.js';
import { wrongDescriptor } from '../state/operator-list.js';
import { OperatorMap, readableMap, type Writing, writableMap } from '../state/operator-map.js';
import { valueCodec } from '../state/value-codec.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed, StreamObserver } from '../stream/element.js';
import { MultiInput } from '../stream/multi-input.js';
import { broadcastInput } from './broadcast-input.js';
import { KeyedProcess, type ProcessContext, type TimerContext } from './keyed-process.js';
import type { Emits, Emitted } from './many.js';
import type { CreateTwoInputs } from './process-with.js';

/** Broadcast state as elements and timers see it. */
export type ReadonlyStateOf<B extends StateShape> = {
  readonly [P in keyof B]: B[P] extends StateDescriptor<MapState<infer MK, infer V>> ? ReadonlyMap<MK, V> : never;
};

/** The handlers of `processBroadcast`. What those of elements and timers return is emitted: a value, nothing, or `many(values)`. */
export interface BroadcastProcessFunction<K, T, C, B extends StateShape, S extends StateShape, R, RT>
  extends OperatorOptions {
  /** The same on every subtask; written by `onBroadcast` only. Map state without a `ttl`. */
  readonly broadcast: B;
  /** What is kept for each key. */
  readonly state?: S;
  onElement(value: T, context: ProcessContext<K, S> & { readonly broadcast: ReadonlyStateOf<B> }): Emits<R>;
  onBroadcast(value: C, context: { readonly timestamp: number; readonly broadcast: StateOf<B> }): void;
  onTimer?(timestamp: number, context: TimerContext<K, S> & { readonly broadcast: ReadonlyStateOf<B> }): Emits<RT>;
}

/**
 * `processKeyed` beside a control stream that every key sees: rules, prices, settings. `onBroadcast` takes each control value up into
 * broadcast state and emits nothing; elements and timers read that state as `ReadonlyMap`s, whose entries stand in the order in which
 * they were first set. Emits what `onElement` and `onTimer` return, as `processKeyed` does.
 *
 * Event time is the least of both inputs, that of an idle one left out: a control stream that is seldom heard of needs timestamps with
 * `idleAfter`, or it holds everything behind the operator back.
 *
 * In which order control values and elements come is not promised where both are without end: of the sources of a job, the one that is
 * furthest behind in event time is read first. A control stream whose sources are all bounded is read to its end before any element.
 *
 * State: the maps of `broadcast`, which are plain data; what `state` declares for each key; the timers; the watermarks of both inputs.
 *
 * @param control Any stream; a keyed one comes as its `{ key, value }` elements.
 * @param process The handlers; `broadcast` and `state`: records of descriptors.
 * @throws SLUICE_OPTION, SLUICE_STATE_DESCRIPTOR for what cannot be; broadcast state has no `ttl`, as clocks differ between subtasks
 * @throws SLUICE_BROADCAST_READ_ONLY when broadcast state is written outside the call of `onBroadcast`
 * @throws SLUICE_STATE_OUTSIDE_TURN, SLUICE_TIMER when state or timers are used after a handler has returned
 * @see Apache Flink, the broadcast state pattern (`KeyedBroadcastProcessFunction`)
 *
 * @example
 * bids$.pipe(
 *   keyBy((bid) => bid.auction),
 *   processBroadcast(rules$, {
 *     broadcast: { least: mapState<number, number>() },
 *     onBroadcast(rule, { broadcast }) { broadcast.least.set(rule.auction, rule.least); },
 *     onElement: (bid, { broadcast }) => (bid.price < (broadcast.least.get(bid.auction) ?? 0) ? { tooLow: bid } : undefined),
 *   }),
 * );
 */
export function processBroadcast<
  K,
  T,
  C,
  B extends StateShape,
  S extends StateShape = Record<never, never>,
  R = never,
  RT = never,
>(
  control: Observable<C>,
  process: BroadcastProcessFunction<K, T, NoInfer<C>, B, S, R, RT>,
): OperatorFunction<Keyed<K, T>, Emitted<R | RT>> {
  requireStream('processBroadcast', 'control', control);
  const create = createProcessBroadcast(process);
  return (source) =>
    streamOf<Emitted<R | RT>>({
      kind: 'processBroadcast',
      inputs: [nodeOf(source), broadcastInput(control, 'keyed')],
      settings: settingsOf(process),
      stateful: true,
      expects: 'keyed',
      emitsToAny: true,
      role: {
        type: 'multiInput',
        create: (context, inputs, out) =>
          create(context, [(inputs[0] as InputKind).key, (inputs[1] as InputKind).key], out),
      },
    });
}

/** The inputs of `processBroadcast`: of elements and of the control stream. */
export function createProcessBroadcast<K, T, C, B extends StateShape, S extends StateShape, R, RT>(
  process: BroadcastProcessFunction<K, T, C, B, S, R, RT>,
): CreateTwoInputs {
  option.object(COMPONENT, 'process', process);
  option.callback(COMPONENT, 'onElement', process.onElement);
  option.callback(COMPONENT, 'onBroadcast', process.onBroadcast);
  if (process.onTimer !== undefined) option.callback(COMPONENT, 'onTimer', process.onTimer);
  option.object(COMPONENT, 'broadcast', process.broadcast);
  const { state } = process;
  const codecs = Object.entries(process.broadcast).map(
    ([name, descriptor]) => [name, mapCodecOf(name, descriptor)] as const,
  );
  const onTimer = process.onTimer?.bind(process);
  const onElement = process.onElement.bind(process);
  const onBroadcast = process.onBroadcast.bind(process) as (value: unknown, context: object) => void;
  return (context, keys, out) => {
    const writing: Writing = { open: false };
    const broadcast: Record<string, MapState<unknown, unknown>> = {};
    const beside = (store: KeyedStore) => {
      const maps = codecs.map(
        ([name, codec]) => [name, new OperatorMap(store, name, valueCodec(codec, name))] as const,
      );
      for (const [name, map] of maps) define(broadcast, name, writableMap(map, name, writing));
      const views = {};
      for (const [name, map] of maps) define(views, name, readableMap(map, name));
      return {
        context: { broadcast: views },
        restored: () => {
          for (const [, map] of maps) map.restored();
        },
      };
    };
    const inputs = new MultiInput(
      2,
      {
        watermark: (timestamp) => keyed.control.advance(timestamp),
        barrier: (barrier) => keyed.control.barrier(barrier),
        status: (idle) => keyed.control.status(idle),
        error: (error) => keyed.control.error(error),
        complete: () => keyed.control.complete(),
      },
      COMPONENT,
    );
    const keyed = new KeyedProcess(context, out, { component: COMPONENT, state, onTimer, header: inputs, beside });
    const handle = keyed.elements(keys[0], onElement);
    const call = { timestamp: Number.NaN, broadcast };
    const control: StreamObserver<unknown> = {
      next(value, timestamp) {
        if (inputs.aligning) throw inputs.outOfWave();
        // Timers that were due before see the state from before.
        keyed.control.settle();
        call.timestamp = timestamp;
        writing.open = true;
        try {
          onBroadcast(value, call);
        } finally {
          writing.open = false;
        }
      },
      ...inputs.input(1),
    };
    const elements: StreamObserver<unknown> = {
      next(value, timestamp) {
        if (inputs.aligning) throw inputs.outOfWave();
        handle(value, timestamp);
      },
      ...inputs.input(0),
    };
    return [elements, control];
  };
}

const COMPONENT = 'processBroadcast';

function mapCodecOf(name: string, descriptor: StateDescriptor<unknown>): Codec<unknown> {
  const details = detailsOf(name, descriptor);
  const component = `broadcast state '${name}' of ${COMPONENT}`;
  if (details.kind !== 'map') throw wrongDescriptor(component, 'mapState', `'${details.kind}'`);
  if (details.ttl !== undefined)
    throw wrongDescriptor(component, 'no `ttl`: subtasks would forget at different times', 'one');
  return details.codec ?? structuredCodec<unknown>();
}

/** A state may be called `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true });
}

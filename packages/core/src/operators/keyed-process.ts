import {
  type ByteReader,
  type ByteWriter,
  type Clock,
  type Logger,
  type Metrics,
  SluiceError,
} from '@sluice/connector-sdk';
import { bindState } from '../state/bind-state.js';
import type { StateOf, StateShape } from '../state/descriptor.js';
import { KeyedStore } from '../state/keyed-store.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';
import type { SideTarget } from '../stream/side-target.js';
import { specialise } from '../stream/specialise.js';
import { createEmitTo } from './emit-to.js';
import { KeyedControl } from './keyed-operator.js';
import { type EmitReturned, emitReturned, handleElements, type ProcessCall } from './keyed-process-next.js';
import { KeyedProcessTimers, type TimerDomain } from './keyed-process-timers.js';

/** What a handler is given. One object for all calls, valid during a call only. */
export interface ProcessContext<K, S extends StateShape> {
  readonly key: K;
  /** Event time of the element, NaN for one without; of a timer, its own time. */
  readonly timestamp: number;
  /** The operator's event time: `-Infinity` before the first watermark. */
  readonly watermark: number;
  readonly state: StateOf<S>;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Emits to a side output, with the timestamp that a returned value would have unless one is given. */
  emitTo<V>(output: SideTarget<V>, value: NoInfer<V>, timestamp?: number): void;
}

export interface TimerContext<K, S extends StateShape> extends ProcessContext<K, S> {
  /** Which clock the timer went by. */
  readonly domain: TimerDomain;
}

/** Timers of the key whose turn it is: one for each time, part of every checkpoint. */
export interface Timers {
  /** Fires when the watermark reaches the time; at its next advance if it has already. */
  event(timestamp: number): void;
  /** Fires when the clock reaches the time; after a restore if it did meanwhile. */
  processing(timestamp: number): void;
  deleteEvent(timestamp: number): void;
  deleteProcessing(timestamp: number): void;
}

export interface KeyedProcessParts {
  /** Who is told about in errors. */
  readonly component: string;
  readonly state: StateShape | undefined;
  readonly onTimer: ((timestamp: number, context: never) => unknown) | undefined;
  /** What the operator keeps beside its keyed state. */
  readonly header?: { writeTo(writer: ByteWriter): void; restoreFrom(reader: ByteReader): void };
  /** Declares state that belongs to no key; what of it is in `context` is given to every handler. */
  readonly beside?: (store: KeyedStore) => { readonly context: object; restored(): void };
}

/** State, timers, context and output of an operator whose handlers are the user's. */
export class KeyedProcess {
  readonly control: KeyedControl;
  private readonly store: KeyedStore;
  private readonly timers: KeyedProcessTimers;
  private readonly turn: Turn;
  private readonly call: ProcessCall;
  private readonly emit: EmitReturned;

  constructor(
    context: OperatorContext,
    out: StreamObserver<never>,
    private readonly parts: KeyedProcessParts,
  ) {
    const control = new KeyedControl(context, [out]);
    this.control = control;
    const { uid, maxParallelism, dropUnknownState } = context;
    const undeclared = dropUnknownState === true ? 'drop' : undefined;
    this.store = new KeyedStore({ uid, maxParallelism, undeclared });
    this.timers = new KeyedProcessTimers(this.store);
    this.turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      // What the end of the input brings about must not expire what a grown input goes on with.
      get watermark() {
        return control.kept();
      },
      clock: context.clock,
    };
    const state = bindState(parts.state ?? {}, this.store, this.turn);
    const beside = parts.beside?.(this.store);
    this.call = this.createCall(context, state, beside?.context);
    this.emit = specialise(emitReturned)(out.next as (value: unknown, timestamp: number) => void);
    control.start({
      fireEvent: (watermark) => this.fire('event', watermark),
      capture: (header) => this.store.capture(header),
      writeHeader: (writer) => parts.header?.writeTo(writer),
      processing:
        parts.onTimer === undefined
          ? undefined
          : { at: () => this.timers.next('processing'), fire: (now) => this.fire('processing', now) },
    });
    if (context.restored === undefined) return;
    const header = control.restore(this.store.restore(context.restored));
    parts.header?.restoreFrom(header);
    this.timers.restored();
    beside?.restored();
  }

  /** The input of elements for a handler; their keys stand in `register`. */
  elements(
    register: KeyRegister,
    onElement: (value: never, context: never) => unknown,
  ): (value: unknown, timestamp: number) => void {
    const { store, control, turn, call, emit } = this;
    return specialise(handleElements)(register, store.keys, control, turn, call, onElement, emit);
  }

  /** Fires the first timer that is due. Answers false when there was none. */
  private fire(domain: TimerDomain, until: number): boolean {
    const { timers, turn, call, store } = this;
    const id = timers.take(domain, until);
    if (id < 0) return false;
    const { time } = timers;
    const emitTimestamp = domain === 'event' ? time : Number.NaN;
    turn.id = id;
    turn.timestamp = emitTimestamp;
    call.key = store.keys.keyOf(id);
    call.timestamp = time;
    call.emitTimestamp = emitTimestamp;
    call.domain = domain;
    const returned = this.parts.onTimer?.(time, call as never);
    if (returned !== undefined) this.emit(returned, emitTimestamp);
    call.domain = undefined;
    turn.id = NO_TURN;
    store.keys.endTurn(id);
    return true;
  }

  private createCall(context: OperatorContext, state: unknown, beside: object | undefined): ProcessCall {
    const { control } = this;
    const call: ProcessCall & Record<string, unknown> = {
      key: undefined,
      timestamp: Number.NaN,
      emitTimestamp: Number.NaN,
      domain: undefined,
      get watermark() {
        return control.watermark;
      },
      state,
      timers: this.createTimers(),
      clock: context.clock,
      metrics: context.metrics,
      logger: context.logger,
      emitTo: createEmitTo(context, () => call.emitTimestamp),
      ...beside,
    };
    return call;
  }

  private createTimers(): Timers {
    const idFor = (timestamp: number): number => {
      if (typeof timestamp !== 'number' || Number.isNaN(timestamp))
        throw this.refused('a timestamp', String(timestamp));
      if (this.parts.onTimer === undefined) throw this.refused('an `onTimer` handler for timers', 'none');
      if (this.turn.id === NO_TURN) throw this.refused('timers to be used in a call of a handler', 'a use after it');
      return this.turn.id;
    };
    return {
      event: (timestamp) => this.timers.add(idFor(timestamp), 'event', timestamp),
      processing: (timestamp) => this.timers.add(idFor(timestamp), 'processing', timestamp),
      deleteEvent: (timestamp) => this.timers.delete(idFor(timestamp), 'event', timestamp),
      deleteProcessing: (timestamp) => this.timers.delete(idFor(timestamp), 'processing', timestamp),
    };
  }

  private refused(expected: string, actual: string): SluiceError {
    return new SluiceError({
      code: 'SLUICE_TIMER',
      component: this.parts.component,
      expected,
      actual,
      remedy: 'register timers in a handler, for a number of milliseconds, and handle them in `onTimer`',
    });
  }
}

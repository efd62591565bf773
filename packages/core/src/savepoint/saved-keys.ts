import type { Clock } from '@sluice/connector-sdk';
import { headerAt, watermarkIn } from '../operators/keyed-operator.js';
import type { Timers } from '../operators/keyed-process.js';
import { KeyedProcessTimers, TIMERS } from '../operators/keyed-process-timers.js';
import { bindState } from '../state/bind-state.js';
import type { StateOf, StateShape } from '../state/descriptor.js';
import type { KeyGroupRange } from '../state/key-group.js';
import { KeyedStore } from '../state/keyed-store.js';
import { preambleOf } from '../state/snapshot-format.js';
import type { StateValues } from '../state/state-values.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import type { Key } from '../stream/element.js';
import { type StateInput, setStates, valuesIn } from './state-input.js';

/** Timers of a key, in epoch milliseconds, ascending. */
export interface SavedTimers {
  readonly event: readonly number[];
  readonly processing: readonly number[];
}

const NONE: SavedTimers = { event: [], processing: [] };

/** What an operator keeps for a key. */
export interface SavedEntry<S extends StateShape, K = Key> {
  readonly key: K;
  readonly state: StateValues<S>;
  readonly timers: SavedTimers;
}

/** What an operator is to keep for a key. */
export interface NewEntry<S extends StateShape, K = Key> {
  readonly key: K;
  /** A state that is left out is empty. */
  readonly state: StateInput<S>;
  readonly timers?: Partial<SavedTimers>;
}

/** A key of an operator that is being changed, with the handles that `processKeyed` gives. */
export interface UpdateContext<S extends StateShape> {
  readonly key: Key;
  readonly state: StateOf<S>;
  readonly timers: Timers;
}

interface SavedKeysOptions<S extends StateShape> {
  readonly uid: string;
  readonly maxParallelism: number;
  readonly shape: S;
  /** States that the shape does not have. */
  readonly undeclared: 'drop' | 'keep';
  readonly clock: Clock;
}

/** The keyed state of one operator outside a job: read from bytes, changed or filled, and made bytes again. */
export class SavedKeys<S extends StateShape> {
  private readonly store: KeyedStore;
  /** Operators that have no timers refuse a state of that name: it is there when it is needed. */
  private timersIfAny: KeyedProcessTimers | undefined;
  private readonly state: StateOf<S>;
  private readonly turn: Turn & { watermark: number };
  private header: Uint8Array = headerAt(Number.NEGATIVE_INFINITY).finish();

  constructor({ uid, maxParallelism, shape, undeclared, clock }: SavedKeysOptions<S>) {
    this.store = new KeyedStore({ uid, maxParallelism, undeclared });
    this.turn = { id: NO_TURN, timestamp: Number.NaN, watermark: Number.NEGATIVE_INFINITY, clock };
    this.state = bindState(shape, this.store, this.turn);
  }

  restore(bytes: Uint8Array, keyGroups?: KeyGroupRange): void {
    if (preambleOf(bytes, this.store.uid).tables.some(({ name }) => name === TIMERS)) this.openTimers();
    this.takeHeader(this.store.restore(bytes, keyGroups));
  }

  /** Whatever the operator keeps beside its keys stays, and so does its event time, by which state expires. */
  takeHeader(header: Uint8Array): void {
    this.header = header;
    this.turn.watermark = watermarkIn(header);
  }

  /** What has not expired; the store is spent by it. */
  *entries(): Generator<SavedEntry<S>> {
    const { keys } = this.store;
    for (let id = 0; id < keys.limit; id++) {
      if (!keys.isLive(id)) continue;
      const state = this.inTurn(id, () => valuesIn(this.state));
      const timers = this.timersIfAny?.of(id) ?? NONE;
      const key = keys.keyOf(id) as Key;
      keys.endTurn(id);
      if (keys.isLive(id)) yield { key, state, timers };
    }
  }

  update(change: (context: UpdateContext<S>) => void): void {
    const { keys } = this.store;
    // Ids that are freed may be given to nobody: no key is added.
    const { limit } = keys;
    const { state } = this;
    for (let id = 0; id < limit; id++) {
      if (!keys.isLive(id)) continue;
      const context = { key: keys.keyOf(id) as Key, state, timers: this.timersOf(id) };
      this.inTurn(id, () => change(context));
      keys.endTurn(id);
    }
  }

  add({ key, state, timers }: NewEntry<S, unknown>): void {
    const id = this.store.keys.idOf(key);
    this.inTurn(id, () => setStates(this.state, state));
    for (const domain of ['event', 'processing'] as const)
      for (const time of timers?.[domain] ?? []) this.openTimers().add(id, domain, time);
    this.store.keys.endTurn(id);
  }

  capture(): Uint8Array {
    const chunks: Uint8Array[] = [];
    this.store.capture(this.header).encode(
      (chunk) => chunks.push(chunk),
      () => false,
    );
    return Buffer.concat(chunks);
  }

  private inTurn<R>(id: number, act: () => R): R {
    this.turn.id = id;
    try {
      return act();
    } finally {
      this.turn.id = NO_TURN;
    }
  }

  private timersOf(id: number): Timers {
    return {
      event: (time) => this.openTimers().add(id, 'event', time),
      processing: (time) => this.openTimers().add(id, 'processing', time),
      deleteEvent: (time) => this.timersIfAny?.delete(id, 'event', time),
      deleteProcessing: (time) => this.timersIfAny?.delete(id, 'processing', time),
    };
  }

  private openTimers(): KeyedProcessTimers {
    this.timersIfAny ??= new KeyedProcessTimers(this.store);
    return this.timersIfAny;
  }
}

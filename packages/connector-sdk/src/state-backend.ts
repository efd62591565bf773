import type { Codec } from './codec.js';
import type { PluginContext } from './context.js';

/** Where keyed state lives. */
export interface StateBackend {
  readonly specVersion: 1;
  readonly name: string;
  open(context: PluginContext): Promise<StateStore>;
}

/** The keyed state of one subtask. */
export interface StateStore {
  /** The keyed state of one operator; the same object for the same uid. */
  keyed(operatorUid: string, maxParallelism: number): KeyedState;
  close(): Promise<void>;
}

/**
 * The keyed state of one operator: by handle, not by bytes. A backend in memory keeps objects and never encodes on the hot path; one on
 * disk encodes with the codec of the table. All synchronous. A key is interned once per turn; everything else goes by its id.
 */
export interface KeyedState {
  readonly keys: KeyIds;
  /** The table with this name; `codec` is how its values are persisted. */
  table<V>(name: string, codec: Codec<V>): StateTable<V>;
  /**
   * Captured now, in O(1); encoded later in slices. Until then a change preserves the captured version. `header` is the operator's own
   * (its watermark, its timers) and is given back by `restore`.
   */
  capture(header: Uint8Array): StateCapture;
  /** Before any element: takes in what a capture wrote and gives back its header. Key groups outside the range are left out. */
  restore(bytes: Uint8Array, keyGroups?: KeyGroupRange): Uint8Array;
}

/** Keys as small, dense numbers. */
export interface KeyIds {
  /** The id of a key, small and dense; valid until the turn ends, and longer while something is kept under it (`retain`). */
  idOf(key: unknown): number;
  /** −1 when nothing is kept under this key. */
  find(key: unknown): number;
  keyOf(id: number): unknown;
  retain(id: number): void;
  release(id: number): void;
  /** Frees the id when nothing is kept under it. */
  endTurn(id: number): void;
  readonly size: number;
}

/** One state of one operator, by the id of the key. */
export interface StateTable<V> {
  /** Read only: what it returns must not be changed. */
  get(id: number): V | undefined;
  /** The only way to change a value in place: an open capture keeps the old version first. Follow it by `set` when the value is replaced. */
  getForUpdate(id: number): V | undefined;
  set(id: number, value: V): void;
  delete(id: number): void;
  has(id: number): boolean;
}

/** State as it was at a barrier. */
export interface StateCapture {
  /** Hands over encoded chunks until `stop()` answers true; answers true when everything has been handed over. */
  encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean;
  /** The checkpoint was given up: nothing needs to be preserved for it any more. */
  discard(): void;
}

/** Key groups `from` to `to`, both included. */
export interface KeyGroupRange {
  readonly from: number;
  readonly to: number;
}

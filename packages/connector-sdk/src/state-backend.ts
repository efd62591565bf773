import type { Codec } from './codec.js';
import type { PluginContext } from './context.js';

/** Where keyed state lives. */
export interface StateBackend {
  readonly specVersion: 1;
  readonly name: string;
  open(context: PluginContext): Promise<StateStore>;
}

/**
 * The state of one subtask: by handle, not by bytes. A backend in memory keeps objects and never encodes on the hot path; one on disk
 * encodes with `codec`. Everything that touches a value is synchronous.
 */
export interface StateStore {
  table<V>(operatorUid: string, state: string, codec: Codec<V>): StateTable<V>;
  /** Captured now, synchronously and in O(1); drained later in slices by key group. Until then a change preserves the captured version. */
  snapshot(checkpoint: number): AsyncIterable<StateBlob>;
  /** Reads back only what belongs to the key groups `from` to `to`, both included. */
  restore(blobs: AsyncIterable<StateBlob>, keyGroups: { readonly from: number; readonly to: number }): Promise<void>;
  close(): Promise<void>;
}

/** A primitive key as it is, or what the engine interned for a composite one. */
export type StateKey = string | number | bigint | boolean | object;

/** One state of one operator, by key, namespace (a window) and, for list and map state, field. */
export interface StateTable<V> {
  /** Read only: what it returns must not be changed. */
  get(key: StateKey, namespace: string, field?: string): V | undefined;
  /** The only way to change a value in place: an open snapshot keeps the old version, the entry is marked dirty. */
  getForUpdate(key: StateKey, namespace: string, field?: string): V | undefined;
  set(key: StateKey, namespace: string, value: V, field?: string): void;
  delete(key: StateKey, namespace: string, field?: string): void;
  fields(key: StateKey, namespace: string): Iterable<readonly [field: string, value: V]>;
}

/** A piece of a snapshot under the name by which the checkpoint refers to it. */
export interface StateBlob {
  readonly name: string;
  readonly bytes: Uint8Array;
}

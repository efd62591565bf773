import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import { TimedTable, untimedEntries } from './timed-table.js';
import { Expiry, type Ttl } from './ttl.js';
import type { Turn } from './turn.js';

/** One value for each key, with or without a time to live. */
export interface Values<V> {
  /** May be changed by whoever gets it, in its turn: an open capture has the version from before. */
  get(id: number): V | undefined;
  /** The same, as a write: the value lives on from now. */
  getForUpdate(id: number): V | undefined;
  set(id: number, value: V): void;
  delete(id: number): void;
}

export function openValues<V>(
  store: KeyedStore,
  name: string,
  codec: EntryCodec<V>,
  turn: Turn,
  ttl: Ttl | undefined,
): Values<V> {
  if (ttl !== undefined) return new TimedTable(store, name, codec, new Expiry(ttl, turn, name));
  const table = store.entries(name, untimedEntries(codec));
  return {
    get: (id) => table.getForUpdate(id),
    getForUpdate: (id) => table.getForUpdate(id),
    set: (id, value) => table.set(id, value),
    delete: (id) => table.delete(id),
  };
}

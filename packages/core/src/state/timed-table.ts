import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import { Sweep } from './sweep.js';
import type { Table } from './table.js';
import type { Expiry } from './ttl.js';

/** A value with the time of its last touch. */
export interface Timed<V> {
  value: V;
  /** Or `UNDATED`. */
  at: number;
}

/** One value for each key, which expires as a whole. A few entries are looked at for expiry at each access. */
export class TimedTable<V> {
  private readonly table: Table<Timed<V>>;
  private readonly sweep: Sweep;

  constructor(
    private readonly store: KeyedStore,
    name: string,
    codec: EntryCodec<V>,
    private readonly expiry: Expiry,
  ) {
    this.table = store.entries(name, timedEntries(codec, expiry));
    this.sweep = new Sweep(expiry.turn, this.table.values, (id) => this.clean(id));
  }

  get(id: number): V | undefined {
    const entry = this.live(id);
    if (entry === undefined) return undefined;
    if (this.expiry.refreshesOnRead) entry.at = this.expiry.touch(entry.at);
    return entry.value;
  }

  getForUpdate(id: number): V | undefined {
    const entry = this.live(id);
    if (entry === undefined) return undefined;
    entry.at = this.expiry.touch(entry.at);
    return entry.value;
  }

  set(id: number, value: V): void {
    const entry = this.live(id);
    if (entry === undefined) {
      this.table.set(id, { value, at: this.expiry.touch(Number.NEGATIVE_INFINITY) });
    } else {
      entry.value = value;
      entry.at = this.expiry.touch(this.expiry.isOver(entry.at) ? Number.NEGATIVE_INFINITY : entry.at);
    }
  }

  delete(id: number): void {
    this.table.delete(id);
  }

  /** For reading too, an open capture keeps the version from before: the time may change, and so may what the caller is given. */
  private live(id: number): Timed<V> | undefined {
    this.sweep.step();
    const entry = this.table.getForUpdate(id);
    if (entry === undefined) return undefined;
    entry.at = this.expiry.dated(entry.at);
    if (this.expiry.returnsExpired || !this.expiry.isOver(entry.at)) return entry;
    this.table.delete(id);
    return undefined;
  }

  private clean(id: number): void {
    const entry = this.table.get(id);
    if (entry === undefined) return;
    if (Number.isNaN(entry.at)) {
      this.table.getForUpdate(id);
      entry.at = this.expiry.dated(entry.at);
    }
    if (!this.expiry.isOver(entry.at)) return;
    this.table.delete(id);
    this.store.keys.endTurn(id);
  }
}

const TIMED = /^timed\((.*)\)$/s;

/** Entries with their time before them; entries without one are read too. */
export function timedEntries<V>(inner: EntryCodec<V>, expiry: Expiry): EntryCodec<Timed<V>> {
  return {
    shape: `timed(${inner.shape})`,
    values: inner.values,
    write(writer, { value, at }) {
      writer.float64(at);
      inner.write(writer, value);
    },
    read(reader, shape, by) {
      const timed = TIMED.exec(shape);
      const at = timed === null ? expiry.restored() : reader.float64();
      const value = inner.read(reader, timed?.[1] ?? shape, by);
      return value === undefined ? undefined : { value, at };
    },
    expired: ({ at }) => expiry.isOverInSnapshot(at),
    captured: () => expiry.captured(),
    live: (entry) => (expiry.isReadable(entry.at) ? entry : undefined),
    inspect: ({ value }) => (inner.inspect === undefined ? value : inner.inspect(value)),
  };
}

/** Entries without a time; the time of entries that had one is dropped. */
export function untimedEntries<V>(inner: EntryCodec<V>): EntryCodec<V> {
  return {
    ...inner,
    read(reader, shape, by) {
      const timed = TIMED.exec(shape);
      if (timed !== null) reader.float64();
      return inner.read(reader, timed?.[1] ?? shape, by);
    },
  };
}

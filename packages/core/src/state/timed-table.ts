import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import type { Table } from './table.js';
import type { Expiry } from './ttl.js';

/** A value with the time of its last touch. */
export interface Timed<V> {
  value: V;
  /** Or `UNDATED`. */
  at: number;
}

/** Entries that are looked at for expiry at each access: enough to get round faster than new ones come. */
const SWEPT_PER_ACCESS = 2;

/** One value for each key, which expires as a whole. */
export class TimedTable<V> {
  private readonly table: Table<Timed<V>>;
  private cursor = 0;

  constructor(
    private readonly store: KeyedStore,
    name: string,
    codec: EntryCodec<V>,
    private readonly expiry: Expiry,
  ) {
    this.table = store.entries(name, timedEntries(codec, expiry));
  }

  /** The value unless it has expired. Read only. */
  get(id: number): V | undefined {
    const entry = this.live(id);
    if (entry === undefined) return undefined;
    if (this.expiry.refreshesOnRead) this.touch(id, entry);
    return entry.value;
  }

  /** The value unless it has expired, to be changed in place: this counts as writing it. */
  getForUpdate(id: number): V | undefined {
    const entry = this.live(id);
    if (entry === undefined) return undefined;
    this.touch(id, entry);
    return entry.value;
  }

  set(id: number, value: V): void {
    const entry = this.table.getForUpdate(id);
    if (entry === undefined) {
      this.table.set(id, { value, at: this.expiry.touch(Number.NEGATIVE_INFINITY) });
      return;
    }
    // What had expired is a new entry: its old time means nothing to it.
    const over = this.expiry.isOver(entry.at, this.expiry.now());
    entry.value = value;
    entry.at = this.expiry.touch(over ? Number.NEGATIVE_INFINITY : entry.at);
  }

  delete(id: number): void {
    this.table.delete(id);
  }

  /** Removes what has expired among the next few entries. The entry of the key whose turn it is stays. */
  sweep(): void {
    const { values } = this.table;
    const now = this.expiry.now();
    for (let looks = 0; looks < SWEPT_PER_ACCESS; looks++) {
      if (this.cursor >= values.length) this.cursor = 0;
      const id = this.cursor++;
      const entry = this.table.get(id);
      if (entry === undefined || id === this.expiry.turn.id) continue;
      if (Number.isNaN(entry.at)) this.date(id, entry);
      if (!this.expiry.isOver(entry.at, now)) continue;
      this.table.delete(id);
      this.store.keys.endTurn(id);
    }
  }

  private live(id: number): Timed<V> | undefined {
    const entry = this.table.get(id);
    if (entry === undefined) return undefined;
    if (Number.isNaN(entry.at)) this.date(id, entry);
    if (this.expiry.returnsExpired || !this.expiry.isOver(entry.at, this.expiry.now())) return entry;
    this.table.delete(id);
    return undefined;
  }

  private touch(id: number, entry: Timed<V>): void {
    this.table.getForUpdate(id);
    entry.at = this.expiry.touch(entry.at);
  }

  private date(id: number, entry: Timed<V>): void {
    if (this.expiry.now() === Number.NEGATIVE_INFINITY) return;
    this.table.getForUpdate(id);
    entry.at = this.expiry.now();
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

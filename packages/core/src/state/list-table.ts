import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import { otherShape } from './restore-failure.js';
import { Sweep } from './sweep.js';
import type { Table } from './table.js';
import type { Expiry } from './ttl.js';
import type { ValueCodec } from './value-codec.js';

/** A list with the time of each item. */
interface List {
  items: unknown[];
  /** Of each item; empty without a time to live. */
  times: number[];
  /** `items` was given away: it is copied before it changes. */
  shared: boolean;
  /** When it was looked through for expired items last, it had so many. */
  checked: number;
}

const NOTHING: readonly unknown[] = Object.freeze([]);
/** A shorter list is not worth looking through before it is read. */
const LEAST_CHECKED = 16;

/** Lists by id, whose items expire one by one. */
export class ListTable {
  private readonly table: Table<List>;
  private readonly sweep: Sweep | undefined;

  constructor(
    private readonly store: KeyedStore,
    name: string,
    values: ValueCodec<unknown>,
    private readonly expiry: Expiry | undefined,
  ) {
    this.table = store.entries(name, listEntries(values, expiry));
    if (expiry !== undefined) this.sweep = new Sweep(expiry.turn, this.table.values, (id) => this.clean(id));
  }

  get(id: number): readonly unknown[] {
    this.sweep?.step();
    const list = this.table.getForUpdate(id);
    if (list === undefined) return NOTHING;
    if (this.expiry !== undefined && !this.refresh(id, list, this.expiry)) return NOTHING;
    list.shared = true;
    return list.items;
  }

  add(id: number, value: unknown): void {
    this.sweep?.step();
    const list = this.table.getForUpdate(id) ?? this.begin(id, []);
    if (this.expiry !== undefined && list.items.length >= list.checked * 2) prune(list, this.expiry);
    if (list.shared) {
      list.items = list.items.slice();
      list.shared = false;
    }
    list.items.push(value);
    if (this.expiry !== undefined) list.times.push(this.expiry.touch(Number.NEGATIVE_INFINITY));
  }

  set(id: number, values: readonly unknown[]): void {
    this.table.delete(id);
    if (values.length === 0) return;
    const { times } = this.begin(id, values.slice());
    if (this.expiry === undefined) return;
    const now = this.expiry.touch(Number.NEGATIVE_INFINITY);
    for (let left = values.length; left > 0; left--) times.push(now);
  }

  delete(id: number): void {
    this.table.delete(id);
  }

  private begin(id: number, items: unknown[]): List {
    const list: List = { items, times: [], shared: false, checked: LEAST_CHECKED };
    this.table.set(id, list);
    return list;
  }

  /** Answers false when nothing is left to be read. */
  private refresh(id: number, list: List, expiry: Expiry): boolean {
    const { times } = list;
    for (let at = 0; at < times.length; at++) times[at] = expiry.dated(times[at] as number);
    if (!expiry.returnsExpired) prune(list, expiry);
    if (list.items.length === 0) {
      this.table.delete(id);
      return false;
    }
    if (expiry.refreshesOnRead) for (let at = 0; at < times.length; at++) times[at] = expiry.touch(times[at] as number);
    return true;
  }

  /** A list whose newest item has expired is dropped; a part of one is when it is read or has doubled. */
  private clean(id: number): void {
    const list = this.table.get(id);
    if (list === undefined || this.expiry === undefined) return;
    const last = list.times.length - 1;
    const newest = list.times[last] as number;
    if (Number.isNaN(newest)) {
      this.table.getForUpdate(id);
      list.times[last] = this.expiry.dated(newest);
    }
    if (!this.expiry.isOver(list.times[last] as number)) return;
    this.table.getForUpdate(id);
    prune(list, this.expiry);
    if (list.items.length > 0) return;
    this.table.delete(id);
    this.store.keys.endTurn(id);
  }
}

function prune(list: List, expiry: Expiry): void {
  const { items, times } = list;
  const isOver = (_: unknown, at: number) => expiry.isOver(times[at] as number);
  if (items.some(isOver)) {
    list.items = items.filter((item, at) => !isOver(item, at));
    list.times = times.filter((_time, at) => !isOver(_time, at));
    list.shared = false;
  }
  list.checked = Math.max(LEAST_CHECKED, list.items.length);
}

const SHAPE = 'list';
const TIMED = 'timed list';

function listEntries(values: ValueCodec<unknown>, expiry: Expiry | undefined): EntryCodec<List> {
  const timed = expiry !== undefined;
  const kept = ({ times }: List, at: number) => expiry === undefined || !expiry.isOverInSnapshot(times[at] as number);
  return {
    shape: timed ? TIMED : SHAPE,
    values,
    write(writer, list) {
      let count = 0;
      for (let at = 0; at < list.items.length; at++) if (kept(list, at)) count++;
      writer.varint(count);
      for (let at = 0; at < list.items.length; at++) {
        if (!kept(list, at)) continue;
        if (timed) writer.float64(list.times[at] as number);
        values.write(writer, list.items[at]);
      }
    },
    read(reader, shape, by) {
      if (shape !== SHAPE && shape !== TIMED) throw otherShape(values.state, SHAPE, shape);
      const list: List = { items: [], times: [], shared: false, checked: LEAST_CHECKED };
      for (let left = reader.count(1); left > 0; left--) {
        const time = shape === TIMED ? reader.float64() : expiry?.restored();
        if (expiry !== undefined) list.times.push(time as number);
        list.items.push(values.read(reader, by));
      }
      return list.items.length === 0 ? undefined : list;
    },
    inspect: (list) => list.items.filter((_item, at) => kept(list, at)),
    ...(expiry !== undefined && {
      expired: (list) => !list.items.some((_, at) => kept(list, at)),
      captured: () => expiry.captured(),
      live(list) {
        const isReadable = (_: unknown, at: number) => expiry.isReadable(list.times[at] as number);
        const items = list.items.filter(isReadable);
        return items.length === 0 ? undefined : { ...list, items, times: list.times.filter(isReadable) };
      },
    }),
  };
}

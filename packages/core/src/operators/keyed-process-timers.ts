import type { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { Table } from '../state/table.js';
import { TimerQueue } from './timer-queue.js';

/** Ascending times, each once. Taking the first and adding the last cost nothing, however many there are. */
export class TimerTimes {
  private readonly times: number[] = [];
  private head = 0;

  get size(): number {
    return this.times.length - this.head;
  }

  /** `NaN` when there is none. */
  get first(): number {
    return this.head < this.times.length ? (this.times[this.head] as number) : Number.NaN;
  }

  add(time: number): boolean {
    const at = this.search(time);
    if (this.times[at] === time) return false;
    this.times.splice(at, 0, time);
    return true;
  }

  delete(time: number): void {
    const at = this.search(time);
    if (this.times[at] === time) this.times.splice(at, 1);
  }

  shift(): void {
    this.head++;
    if (this.head < 32 || this.head * 2 < this.times.length) return;
    this.times.splice(0, this.head);
    this.head = 0;
  }

  toArray(): readonly number[] {
    return this.times.slice(this.head);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.size);
    for (let at = this.head; at < this.times.length; at++) writer.float64(this.times[at] as number);
  }

  readFrom(reader: ByteReader): this {
    for (let left = reader.varint(); left > 0; left--) this.times.push(reader.float64());
    return this;
  }

  /** The first place from `head` on whose time is not below. */
  private search(time: number): number {
    let low = this.head;
    let high = this.times.length;
    // Most timers are the latest of their key.
    if (high > low && (this.times[high - 1] as number) < time) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export type TimerDomain = 'event' | 'processing';

/** The timers of a key that has others than one of event time, which most keys have at most: of those it is the time alone. */
class KeyTimers {
  readonly event = new TimerTimes();
  readonly processing = new TimerTimes();
}

type Timers = number | KeyTimers;

/** Their place in the store. No state of the user can have this name: names are those of a record's own keys, and `~` is ours. */
export const TIMERS = '~timers';
const SHAPE = 'timers';

const timerEntries: EntryCodec<Timers> = {
  shape: SHAPE,
  values: { version: 1, direct: true },
  write(writer, timers) {
    const { event, processing } = allOf(timers);
    event.write(writer);
    processing.write(writer);
  },
  read(reader, shape) {
    if (shape !== SHAPE) throw otherSignature(SHAPE, shape);
    const timers = new KeyTimers();
    timers.event.readFrom(reader);
    timers.processing.readFrom(reader);
    return timers.event.size === 1 && timers.processing.size === 0 ? timers.event.first : timers;
  },
  inspect(timers) {
    const { event, processing } = allOf(timers);
    return { event: event.toArray(), processing: processing.toArray() };
  },
};

function allOf(timers: Timers): KeyTimers {
  if (typeof timers !== 'number') return timers;
  const all = new KeyTimers();
  all.event.add(timers);
  return all;
}

/** The timers of an operator: kept by key in its store, with a queue for each clock that is derived from them. */
export class KeyedProcessTimers {
  /** The time of the timer that `take` answered last. */
  time = Number.NaN;
  private readonly table: Table<Timers>;
  private readonly queues = { event: new TimerQueue(), processing: new TimerQueue() };

  constructor(private readonly store: KeyedStore) {
    this.table = store.entries(TIMERS, timerEntries);
  }

  /** Fills the queues after the store has been restored. */
  restored(): void {
    const { keys } = this.store;
    for (let id = 0; id < keys.limit; id++) {
      if (!this.table.has(id)) continue;
      this.putBack(id, 'event');
      this.putBack(id, 'processing');
    }
  }

  add(id: number, domain: TimerDomain, time: number): void {
    const timers = this.table.getForUpdate(id);
    if (domain === 'event' && timers === time) return;
    if (domain === 'event' && timers === undefined) {
      this.table.set(id, time);
    } else {
      const all = timers === undefined ? new KeyTimers() : allOf(timers);
      if (all !== timers) this.table.set(id, all);
      if (!all[domain].add(time)) return;
    }
    this.queues[domain].want(id, time);
  }

  delete(id: number, domain: TimerDomain, time: number): void {
    const timers = this.table.getForUpdate(id);
    if (timers === undefined) return;
    if (typeof timers === 'number') {
      if (domain === 'event' && timers === time) this.table.delete(id);
      return;
    }
    timers[domain].delete(time);
    this.dropEmpty(id, timers);
  }

  /** Of one key, ascending. */
  of(id: number): { readonly event: readonly number[]; readonly processing: readonly number[] } {
    const timers = this.table.get(id);
    if (timers === undefined) return { event: [], processing: [] };
    const { event, processing } = allOf(timers);
    return { event: event.toArray(), processing: processing.toArray() };
  }

  /** The earliest time that may be due; `Infinity` for none. */
  next(domain: TimerDomain): number {
    return this.queues[domain].next;
  }

  /** Takes out the first timer that is not after `until`: answers the id of its key, −1 for none, and sets `time`. */
  take(domain: TimerDomain, until: number): number {
    const queue = this.queues[domain];
    for (;;) {
      const id = queue.take(until);
      if (id < 0) return -1;
      const timers = this.table.getForUpdate(id);
      if (timers === undefined) continue;
      if (typeof timers === 'number') {
        if (domain !== 'event') continue;
        if (timers !== queue.time) {
          queue.want(id, timers);
          continue;
        }
        this.table.delete(id);
        this.time = timers;
        return id;
      }
      const due = timers[domain].first === queue.time;
      if (due) timers[domain].shift();
      this.putBack(id, domain);
      this.dropEmpty(id, timers);
      if (!due) continue;
      this.time = queue.time;
      return id;
    }
  }

  private putBack(id: number, domain: TimerDomain): void {
    const timers = this.table.get(id);
    if (timers === undefined) return;
    const next = allOf(timers)[domain].first;
    if (!Number.isNaN(next)) this.queues[domain].want(id, next);
  }

  private dropEmpty(id: number, { event, processing }: KeyTimers): void {
    if (event.size === 0 && processing.size === 0) this.table.delete(id);
  }
}

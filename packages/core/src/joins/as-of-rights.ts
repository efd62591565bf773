import type { Clock } from '@sluice/connector-sdk';
import type { CheckedTtl } from '../state/ttl.js';
import { type BufferMarks, cut, firstAfter, insert, type TimedBuffer } from './timed-buffer.js';

const BY_EVENT_TIME = 'touched in event time';
const BY_THE_CLOCK = 'touched by the clock';

/** The right elements of a key: which of them a left element sees, and how long. The marks say when they were touched last. */
export class AsOfRights {
  readonly marks: BufferMarks;
  private now = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly tolerance: number,
    private readonly ttl: CheckedTtl,
    private readonly clock: Clock,
  ) {
    // What was kept by another clock counts as touched when it was written, or now.
    this.marks = ttl.eventTime
      ? { shape: BY_EVENT_TIME, others: [{ shape: BY_THE_CLOCK, markOf: (time) => time }] }
      : { shape: BY_THE_CLOCK, others: [{ shape: BY_EVENT_TIME, markOf: () => clock.now() }] };
  }

  /** Takes the time of the clock for the look-ups that follow. */
  look(): void {
    if (!this.ttl.eventTime) this.now = this.clock.now();
  }

  /** The place of what a left element sees, −1 for nothing. */
  find(held: TimedBuffer, time: number): number {
    const { ttl } = this;
    const place = firstAfter(held, time) - 1;
    if (place < held.head || (held.times[place] as number) + this.tolerance < time) return -1;
    const marks = held.marks as number[];
    const now = ttl.eventTime ? time : this.now;
    if (!ttl.returnsExpired && now >= (marks[place] as number) + ttl.after) return -1;
    if (ttl.refreshesOnRead) marks[place] = Math.max(marks[place] as number, now);
    return place;
  }

  /** Adds one that is not newer than all others, or takes the place of one of the same time. */
  insert(held: TimedBuffer, time: number, value: unknown, touched: number): void {
    const place = firstAfter(held, time) - 1;
    if (place < held.head || held.times[place] !== time) {
      insert(held, time, value, touched);
      return;
    }
    const marks = held.marks as number[];
    held.values[place] = value;
    marks[place] = Math.max(marks[place] as number, touched);
  }

  /** Whether nobody at or after the watermark would see one that comes below it. */
  isUseless(held: TimedBuffer | undefined, time: number, watermark: number): boolean {
    // That of an element without a timestamp is not below anything.
    if (!(time + this.tolerance >= watermark)) return true;
    if (this.ttl.eventTime && time + this.ttl.after <= watermark) return true;
    if (held === undefined) return false;
    const place = firstAfter(held, watermark) - 1;
    return place >= held.head && (held.times[place] as number) > time;
  }

  /** The event time at which something is to be freed if nothing else comes. */
  nextChange({ head, times, marks }: TimedBuffer): number {
    const superseded = head + 1 < times.length ? (times[head + 1] as number) : Number.POSITIVE_INFINITY;
    const tooOld = (times[head] as number) + this.tolerance + 1;
    const expired = this.ttl.eventTime ? (marks?.[head] as number) + this.ttl.after : Number.POSITIVE_INFINITY;
    return Math.min(superseded, tooOld, expired);
  }

  /** Frees what no left element at or after the watermark will see. Answers whether nothing is left. */
  free(held: TimedBuffer, watermark: number): boolean {
    const { times, values } = held;
    const newest = firstAfter(held, watermark) - 1;
    let head = Math.max(held.head, newest);
    if (newest >= held.head && this.isOver(held, newest, watermark)) head++;
    for (let at = held.head; at < head; at++) values[at] = undefined;
    held.head = head;
    if (head === times.length) return true;
    cut(held);
    return false;
  }

  /** By the clock: the time at which the first of them expires. */
  firstExpiry({ head, marks }: TimedBuffer): number {
    let first = Number.POSITIVE_INFINITY;
    for (let at = head; at < (marks as number[]).length; at++) first = Math.min(first, marks?.[at] as number);
    return first + this.ttl.after;
  }

  /** Frees what has expired by the clock. Answers whether nothing is left. */
  expire(held: TimedBuffer, now: number): boolean {
    const { head, times, values } = held;
    const marks = held.marks as number[];
    let kept = 0;
    for (let at = head; at < times.length; at++) {
      if (now >= (marks[at] as number) + this.ttl.after) continue;
      times[kept] = times[at] as number;
      values[kept] = values[at];
      marks[kept++] = marks[at] as number;
    }
    held.head = 0;
    times.length = kept;
    values.length = kept;
    marks.length = kept;
    return kept === 0;
  }

  private isOver(held: TimedBuffer, place: number, watermark: number): boolean {
    if ((held.times[place] as number) + this.tolerance < watermark) return true;
    return this.ttl.eventTime && (held.marks?.[place] as number) + this.ttl.after <= watermark;
  }
}

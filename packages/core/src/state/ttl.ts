import type { Duration } from '@sluice/connector-sdk';
import { option, requireOneOf } from '../options/option.js';
import type { Turn } from './turn.js';

/** How long state is kept after it was written, or, with `refresh: 'readAndWrite'`, read. */
export type Ttl =
  | Duration
  | {
      readonly after: Duration;
      /** By which clock; the default is `'processing'`. Event time: touched at the element's timestamp, expired by the watermark. */
      readonly time?: 'event' | 'processing';
      /** The default is `'write'`: creating and writing. */
      readonly refresh?: 'write' | 'readAndWrite';
      /** The default is `'never'`: what has expired is not returned. `'untilCleaned'` returns it as long as it is there. */
      readonly expired?: 'never' | 'untilCleaned';
    };

/** A time to live, checked. */
export interface CheckedTtl {
  /** Milliseconds. */
  readonly after: number;
  /** By event time; else by the clock. */
  readonly eventTime: boolean;
  readonly refreshesOnRead: boolean;
  readonly returnsExpired: boolean;
}

/** @throws SLUICE_OPTION for a ttl that cannot be meant */
export function checkTtl(component: string, ttl: Ttl): CheckedTtl {
  const { after, time, refresh, expired } = typeof ttl === 'object' && ttl !== null ? ttl : { after: ttl };
  if (time !== undefined) requireOneOf(component, 'ttl.time', time, ['event', 'processing']);
  if (refresh !== undefined) requireOneOf(component, 'ttl.refresh', refresh, ['write', 'readAndWrite']);
  if (expired !== undefined) requireOneOf(component, 'ttl.expired', expired, ['never', 'untilCleaned']);
  return {
    after: option.duration(component, 'ttl', after, 1, Number.MAX_SAFE_INTEGER),
    eventTime: time === 'event',
    refreshesOnRead: refresh === 'readAndWrite',
    returnsExpired: expired === 'untilCleaned',
  };
}

/** The time of an entry that was touched, or restored, before there was any event time: it gets the first that comes. */
export const UNDATED = Number.NaN;

/** A TTL bound to the turns of one operator. */
export class Expiry {
  readonly refreshesOnRead: boolean;
  readonly returnsExpired: boolean;
  private readonly after: number;
  private readonly eventTime: boolean;
  private capturedAt = Number.NEGATIVE_INFINITY;

  constructor(
    ttl: Ttl,
    readonly turn: Turn,
    component: string,
  ) {
    const { after, eventTime, refreshesOnRead, returnsExpired } = checkTtl(component, ttl);
    this.after = after;
    this.eventTime = eventTime;
    this.refreshesOnRead = refreshesOnRead;
    this.returnsExpired = returnsExpired;
  }

  /** The time by which entries expire. */
  now(): number {
    return this.eventTime ? this.turn.watermark : this.turn.clock.now();
  }

  /** When an entry that is touched in this turn was touched last. An element out of order does not make an entry older. */
  touch(before: number): number {
    if (!this.eventTime) return this.turn.clock.now();
    const { timestamp, watermark } = this.turn;
    const at = Number.isNaN(timestamp) ? watermark : timestamp;
    if (at === Number.NEGATIVE_INFINITY) return UNDATED;
    return Number.isNaN(before) ? at : Math.max(before, at);
  }

  isOver(at: number): boolean {
    return this.now() >= at + this.after;
  }

  /** Whether an entry of this time is returned now. */
  isReadable(at: number): boolean {
    return this.returnsExpired || !this.isOver(at);
  }

  /** The time of an entry, which is the first event time there is if it had none. */
  dated(at: number): number {
    if (!Number.isNaN(at)) return at;
    const now = this.now();
    return now === Number.NEGATIVE_INFINITY ? UNDATED : now;
  }

  /** The time of an entry that was restored without one: it counts as touched at restore, which has no watermark yet. */
  restored(): number {
    return this.eventTime ? UNDATED : this.turn.clock.now();
  }

  /** The state has been captured: a snapshot leaves out what is expired now, and not what expires until it is encoded. */
  captured(): void {
    this.capturedAt = this.now();
  }

  isOverInSnapshot(at: number): boolean {
    return this.capturedAt >= at + this.after;
  }
}

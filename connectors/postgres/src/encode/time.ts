import { ColumnRefusal, kindOf } from './column-refusal.js';

/** 2000-01-01, from which Postgres counts. */
export const POSTGRES_EPOCH = 946_684_800_000;
const DAY = 86_400_000;
// The server's calendar begins with 24 November 4714 BC.
const EARLIEST = -210_866_803_200_000;

/** A Date, or epoch milliseconds as event time is everywhere else. */
export function millisecondsOf(value: unknown): number {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'number' ? value : Number.NaN;
  if (ms >= EARLIEST && ms <= 8_640_000_000_000_000) return ms;
  throw new ColumnRefusal(value instanceof Date ? 'a Date outside the calendar of Postgres' : kindOf(value));
}

export function microseconds(ms: number): number {
  return Math.round((ms - POSTGRES_EPOCH) * 1000);
}

export function days(ms: number): number {
  return Math.floor((ms - POSTGRES_EPOCH) / DAY);
}

import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyedControl } from './keyed-operator.js';
import type { CheckedTtl } from './operator-option.js';
import type { TimerQueue } from './timer-queue.js';

/** What `keep: 'first'` remembers of a key. */
export interface Seen {
  /** Of its last touch; `-Infinity` before there is any event time. */
  at: number;
}

/** What `keep: 'last'` remembers of a key. */
export interface Kept {
  value: unknown;
  timestamp: number;
  /** Of its last touch; `-Infinity` before there is any event time. */
  at: number;
}

type Next = StreamObserver<unknown>['next'];

/** Closed. Goes round the keys, two for each element, and forgets those that are over. `clock` is undefined for event time. */
export function emitFirst(
  keyOf: (value: unknown) => unknown,
  keys: KeyIndex,
  table: Table<Seen>,
  control: KeyedControl,
  clock: { now(): number } | undefined,
  { after, refreshesOnRead, returnsExpired }: CheckedTtl,
  create: (at: number) => Seen,
  emit: Next,
): Next {
  const { values } = table;
  const before = Number.NEGATIVE_INFINITY;
  let cursor = 0;
  return (value, timestamp) => {
    const now = clock === undefined ? control.watermark : clock.now();
    for (let looks = 0; looks < 2; looks++) {
      if (cursor >= values.length) cursor = 0;
      const old = values[cursor] as Seen | undefined;
      if (old !== undefined && now > before) {
        if (old.at === before) (table.getForUpdate(cursor) as Seen).at = now;
        if (old.at + after <= now) {
          table.delete(cursor);
          keys.endTurn(cursor);
        }
      }
      cursor++;
    }
    const id = keys.idOf(keyOf(value));
    const at = clock !== undefined ? now : timestamp > before ? timestamp : now;
    const seen = table.get(id);
    if (seen === undefined) {
      table.set(id, create(at));
    } else if (returnsExpired || !(seen.at + after <= now && seen.at > before)) {
      if (refreshesOnRead && at > seen.at) (table.getForUpdate(id) as Seen).at = at;
      return;
    } else {
      (table.getForUpdate(id) as Seen).at = at;
    }
    emit(value, timestamp);
  };
}

/** Closed. A key stands in the queue where it was to be over when it came; it is put back when that has moved on. */
export function keepLast(
  keyOf: (value: unknown) => unknown,
  keys: KeyIndex,
  table: Table<Kept>,
  queue: TimerQueue,
  control: KeyedControl,
  clock: { now(): number } | undefined,
  { after, returnsExpired }: CheckedTtl,
  create: (value: unknown, timestamp: number, at: number) => Kept,
  release: (kept: Kept) => void,
): Next {
  const before = Number.NEGATIVE_INFINITY;
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(keyOf(value));
    const at = clock !== undefined ? clock.now() : timestamp > before ? timestamp : control.watermark;
    const kept = table.getForUpdate(id);
    if (kept === undefined) {
      table.set(id, create(value, timestamp, at));
      queue.want(id, at + after);
      return;
    }
    if (clock === undefined) {
      if (at < kept.at) return;
    } else if (!returnsExpired && kept.at + after <= at) {
      release(kept);
    }
    kept.value = value;
    kept.timestamp = timestamp;
    kept.at = at;
  };
}

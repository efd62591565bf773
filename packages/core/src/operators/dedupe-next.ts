import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { CheckedTtl } from '../state/ttl.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeptRows, SeenRows } from './dedupe-rows.js';
import type { KeyedControl } from './keyed-operator.js';
import type { TimerQueue } from './timer-queue.js';

type Next = StreamObserver<unknown>['next'];

/** Closed. Goes round the keys, two for each element, and forgets those that are over. `clock` is undefined for event time. */
export function emitFirst(
  keyOf: (value: unknown) => unknown,
  keys: KeyIndex,
  table: Table<unknown>,
  rows: SeenRows,
  control: KeyedControl,
  clock: { now(): number } | undefined,
  { after, refreshesOnRead, returnsExpired }: CheckedTtl,
  emit: Next,
): Next {
  const { values } = table;
  const before = Number.NEGATIVE_INFINITY;
  let cursor = 0;
  return (value, timestamp) => {
    const now = clock === undefined ? control.watermark : clock.now();
    for (let looks = 0; looks < 2; looks++) {
      if (cursor >= values.length) cursor = 0;
      if (values[cursor] !== undefined && now > before) {
        if (rows.at[cursor] === before) {
          table.getForUpdate(cursor);
          rows.at[cursor] = now;
        }
        if ((rows.at[cursor] as number) + after <= now) {
          table.delete(cursor);
          keys.endTurn(cursor);
        }
      }
      cursor++;
    }
    const id = keys.idOf(keyOf(value));
    const at = clock !== undefined ? now : timestamp > before ? timestamp : now;
    if (table.has(id)) {
      const touched = rows.at[id] as number;
      // In event time an element may be that far ahead of the watermark.
      const isOver = touched + after <= Math.max(at, now) && touched > before;
      if (!isOver || returnsExpired) {
        if (refreshesOnRead && at > touched) {
          table.getForUpdate(id);
          rows.at[id] = at;
        }
        return;
      }
      table.getForUpdate(id);
      rows.at[id] = at;
    } else {
      table.set(id, id);
      rows.add(id, at);
    }
    emit(value, timestamp);
  };
}

/** Closed. A key stands in the queue where it was to be over when it came; it is put back when that has moved on. */
export function keepLast(
  keyOf: (value: unknown) => unknown,
  keys: KeyIndex,
  table: Table<unknown>,
  rows: KeptRows,
  queue: TimerQueue,
  control: KeyedControl,
  clock: { now(): number } | undefined,
  { after, returnsExpired }: CheckedTtl,
  emit: Next,
): Next {
  const before = Number.NEGATIVE_INFINITY;
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(keyOf(value));
    const at = clock !== undefined ? clock.now() : timestamp > before ? timestamp : control.watermark;
    if (!table.has(id)) {
      table.set(id, id);
      rows.add(id, value, timestamp, at);
      queue.want(id, at + after);
      return;
    }
    const touched = rows.at[id] as number;
    if (clock === undefined && at < touched) return;
    table.getForUpdate(id);
    if (!returnsExpired && touched > before && touched + after <= at)
      emit(rows.elements[id], rows.timestamps[id] as number);
    rows.elements[id] = value;
    rows.timestamps[id] = timestamp;
    rows.at[id] = at;
  };
}

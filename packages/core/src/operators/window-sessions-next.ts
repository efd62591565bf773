import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { Accumulation } from './window-consumer.js';
import type { Session, SessionRows } from './window-sessions-rows.js';

/** Closed. Most elements are in the newest session of their key or prolong it, and then nothing else changes. */
export function sessionNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<Session>,
  control: KeyedControl,
  contents: Accumulation,
  rows: SessionRows,
  gapOf: number | ((value: never) => number),
  again: (id: number, wasLast: number) => void,
  elsewhere: (id: number, value: unknown, timestamp: number, end: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    const end = timestamp + (typeof gapOf === 'number' ? gapOf : gapOf(value as never));
    const { starts, ends } = rows;
    if (id < starts.length && timestamp >= (starts[id] as number) && timestamp <= (ends[id] as number)) {
      table.willChange(id);
      contents.add(rows.contents[id] as object, value, timestamp);
      const wasLast = (ends[id] as number) - 1;
      if (end > (ends[id] as number)) ends[id] = end;
      if (wasLast <= control.watermark) again(id, wasLast);
    } else {
      elsewhere(id, value, timestamp, end);
    }
  };
}

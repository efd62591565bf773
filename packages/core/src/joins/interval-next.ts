import type { KeyedControl } from '../operators/keyed-operator.js';
import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister } from '../stream/operator.js';
import type { ExpiryQueue } from './expiry-queue.js';
import type { JoinCall, Project } from './join-context.js';
import type { RefuseLate } from './late-elements.js';
import type { TimedLists } from './timed-lists.js';

/** What both inputs of an interval join share. */
export interface IntervalShared {
  readonly inputs: MultiInput;
  readonly keys: KeyIndex;
  readonly control: KeyedControl;
  readonly call: JoinCall;
  readonly project: Project;
  readonly emit: (value: unknown, timestamp: number) => void;
}

/** One side of an interval join. */
export interface IntervalSide {
  readonly isLeft: boolean;
  readonly register: KeyRegister;
  /** Of each key the number of its list. */
  readonly table: Table<number>;
  readonly lists: TimedLists;
  readonly queue: ExpiryQueue;
  /** A partner's timestamp is from `low` to `high` after that of the element. */
  readonly low: number;
  readonly high: number;
  /** How long after its timestamp an element is kept. */
  readonly kept: number;
  /** Elements without a partner are emitted. */
  readonly outer: boolean;
  readonly refuse: RefuseLate;
  /** Emits an element that has no partner. */
  readonly emitAlone: (key: unknown, value: unknown, timestamp: number) => void;
}

/** Closed. Partners lie side by side in the other list, so an element costs what it matches. */
export function intervalNext(
  { inputs, keys, control, call, project, emit }: IntervalShared,
  { isLeft, register, table, lists, queue, low, high, kept, outer, refuse, emitAlone }: IntervalSide,
  { table: otherTable, lists: others, outer: othersOuter }: IntervalSide,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    if (control.firing) control.settle();
    // An element without a timestamp neither is below the watermark nor is it not.
    if (!(timestamp >= control.watermark)) {
      refuse(value, timestamp);
      return;
    }
    const { key } = register;
    const id = keys.idOf(key);
    const partners = othersOuter ? otherTable.getForUpdate(id) : otherTable.get(id);
    let matched = 0;
    if (partners !== undefined) {
      const { times, values } = others;
      const end = others.endOf(partners);
      const to = timestamp + high;
      let row = end;
      if ((times[end - 1] as number) >= timestamp + low) {
        row = others.headOf(partners);
        if ((times[row] as number) < timestamp + low) row = others.firstFrom(partners, timestamp + low);
      }
      for (; row < end; row++) {
        const time = times[row] as number;
        if (time > to) break;
        matched = 1;
        if (othersOuter) others.marks[row] = 1;
        const later = Math.max(time, timestamp);
        call.key = key;
        call.timestamp = later;
        emit(isLeft ? project(value, values[row], call) : project(values[row], value, call), later);
      }
    }
    if (control.watermark > timestamp + high) {
      if (outer && matched === 0) emitAlone(key, value, timestamp);
      keys.endTurn(id);
      return;
    }
    const list = table.getForUpdate(id);
    if (list === undefined) {
      table.set(id, lists.create(timestamp, value, matched));
    } else {
      const { times, ends } = lists;
      const end = ends[list] as number;
      if ((times[end - 1] as number) > timestamp) {
        lists.insert(list, timestamp, value, matched);
      } else if (end === lists.limits[list]) {
        lists.append(list, timestamp, value, matched);
      } else {
        // As `append` does it where there is room: a call of it would be given a timestamp that is made an object for that.
        times[end] = timestamp;
        lists.values[end] = value;
        if (outer) lists.marks[end] = matched;
        ends[list] = end + 1;
      }
    }
    const { standing } = queue;
    // A key that stands earlier comes up earlier.
    if (id >= standing.length || !((standing[id] as number) <= timestamp + kept)) queue.want(id, timestamp + kept);
  };
}

import type { KeyedControl } from '../operators/keyed-operator.js';
import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister } from '../stream/operator.js';
import type { ExpiryQueue } from './expiry-queue.js';
import type { JoinCall, Project } from './join-context.js';
import type { RefuseLate } from './late-elements.js';
import type { CreateTimedBuffer, TimedBuffer } from './timed-buffer.js';

/** What both inputs of an interval join share. */
export interface IntervalShared {
  readonly inputs: MultiInput;
  readonly keys: KeyIndex;
  readonly control: KeyedControl;
  readonly call: JoinCall;
  readonly project: Project;
  readonly emit: (value: unknown, timestamp: number) => void;
  readonly insert: (buffer: TimedBuffer, time: number, value: unknown, matched: number) => void;
  readonly firstFrom: (buffer: TimedBuffer, time: number) => number;
}

/** One side of an interval join. */
export interface IntervalSide {
  readonly isLeft: boolean;
  readonly register: KeyRegister;
  readonly table: Table<TimedBuffer>;
  readonly queue: ExpiryQueue;
  readonly createBuffer: CreateTimedBuffer;
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

/** Closed. Partners lie side by side in the other buffer, so an element costs what it matches. */
export function intervalNext(
  { inputs, keys, control, call, project, emit, insert, firstFrom }: IntervalShared,
  { isLeft, register, table, queue, createBuffer, low, high, kept, outer, refuse, emitAlone }: IntervalSide,
  others: Table<TimedBuffer>,
  othersOuter: boolean,
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
    const partners = othersOuter ? others.getForUpdate(id) : others.get(id);
    let matched = 0;
    if (partners !== undefined) {
      const { times, values } = partners;
      const { length } = times;
      const to = timestamp + high;
      let at = length;
      if ((times[length - 1] as number) >= timestamp + low) {
        at = partners.head;
        if ((times[at] as number) < timestamp + low) at = firstFrom(partners, timestamp + low);
      }
      for (; at < length; at++) {
        const time = times[at] as number;
        if (time > to) break;
        matched = 1;
        if (othersOuter) (partners.marks as number[])[at] = 1;
        const later = Math.max(time, timestamp);
        call.key = key;
        call.timestamp = later;
        emit(isLeft ? project(value, values[at], call) : project(values[at], value, call), later);
      }
    }
    if (control.watermark > timestamp + high) {
      if (outer && matched === 0) emitAlone(key, value, timestamp);
      keys.endTurn(id);
      return;
    }
    const buffer = table.getForUpdate(id);
    if (buffer === undefined) {
      table.set(id, createBuffer(timestamp, value, matched));
    } else {
      const { times } = buffer;
      if ((times[times.length - 1] as number) <= timestamp) {
        times.push(timestamp);
        buffer.values.push(value);
        if (outer) (buffer.marks as number[]).push(matched);
      } else {
        insert(buffer, timestamp, value, matched);
      }
    }
    queue.want(id, timestamp + kept);
  };
}

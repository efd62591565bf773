import type { KeyedControl } from '../operators/keyed-operator.js';
import type { TimerQueue } from '../operators/timer-queue.js';
import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister } from '../stream/operator.js';
import type { RefuseLate } from './late-elements.js';
import type { CreateTimedBuffer, TimedBuffer } from './timed-buffer.js';

type Next = (value: unknown, timestamp: number) => void;
type Insert = (buffer: TimedBuffer, time: number, value: unknown, mark: number) => void;

/** Closed. A left element waits for the watermark. */
export function asOfLeftNext(
  inputs: MultiInput,
  register: KeyRegister,
  keys: KeyIndex,
  control: KeyedControl,
  lefts: Table<TimedBuffer>,
  queue: TimerQueue,
  create: CreateTimedBuffer,
  insert: Insert,
  refuse: RefuseLate,
): Next {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    if (control.firing) control.settle();
    if (!(timestamp >= control.watermark)) {
      refuse(value, timestamp);
      return;
    }
    const id = keys.idOf(register.key);
    const buffer = lefts.getForUpdate(id);
    if (buffer === undefined) {
      lefts.set(id, create(timestamp, value, 0));
    } else if ((buffer.times[buffer.times.length - 1] as number) <= timestamp) {
      buffer.times.push(timestamp);
      buffer.values.push(value);
    } else {
      insert(buffer, timestamp, value, 0);
    }
    queue.want(id, timestamp);
  };
}

/** Closed. At equal times the right element that comes last stands. */
export function asOfRightNext(
  inputs: MultiInput,
  register: KeyRegister,
  keys: KeyIndex,
  control: KeyedControl,
  rights: Table<TimedBuffer>,
  create: CreateTimedBuffer,
  touchedAt: (timestamp: number) => number,
  insert: Insert,
  isUseless: (buffer: TimedBuffer | undefined, timestamp: number) => boolean,
  schedule: (id: number, rights: TimedBuffer) => void,
  refuse: RefuseLate,
): Next {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    let buffer = rights.getForUpdate(id);
    if (!(timestamp >= control.watermark) && isUseless(buffer, timestamp)) {
      keys.endTurn(id);
      refuse(value, timestamp);
      return;
    }
    const touched = touchedAt(timestamp);
    if (buffer === undefined) {
      buffer = create(timestamp, value, touched);
      rights.set(id, buffer);
    } else if ((buffer.times[buffer.times.length - 1] as number) < timestamp) {
      buffer.times.push(timestamp);
      buffer.values.push(value);
      (buffer.marks as number[]).push(touched);
    } else {
      insert(buffer, timestamp, value, touched);
    }
    schedule(id, buffer);
  };
}

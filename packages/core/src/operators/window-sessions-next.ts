import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { Accumulation } from './window-consumer.js';

/** A live session of a key, and the next one before it in time. They never touch. */
export interface Session {
  start: number;
  end: number;
  /** The number of its first element in order of arrival. */
  first: number;
  contents: object;
  next: Session | undefined;
}

export type CreateSession = (
  start: number,
  end: number,
  first: number,
  contents: object,
  next: Session | undefined,
) => Session;

/** Closed. A class for each operator, without a name, as `alignedNode`. */
export function sessionNode(): CreateSession {
  return (
    (Node: new (...fields: Parameters<CreateSession>) => Session): CreateSession =>
    (start, end, first, contents, next) =>
      new Node(start, end, first, contents, next)
  )(
    class implements Session {
      constructor(
        public start: number,
        public end: number,
        public first: number,
        public contents: object,
        public next: Session | undefined,
      ) {}
    },
  );
}

/** Closed. Most elements are in the newest session of their key or prolong it, and then nothing else changes. */
export function sessionNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<Session>,
  control: KeyedControl,
  contents: Accumulation,
  gapOf: number | ((value: never) => number),
  prolonged: (id: number, session: Session) => void,
  elsewhere: (id: number, newest: Session | undefined, value: unknown, timestamp: number, end: number) => void,
  emit: (id: number, session: Session) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    const end = timestamp + (typeof gapOf === 'number' ? gapOf : gapOf(value as never));
    const newest = table.getForUpdate(id);
    if (newest !== undefined && timestamp >= newest.start && timestamp <= newest.end) {
      contents.add(newest.contents, value, timestamp);
      const wasOver = newest.end - 1 <= control.watermark;
      if (end > newest.end) {
        newest.end = end;
        if (wasOver) prolonged(id, newest);
      }
      if (wasOver && newest.end - 1 <= control.watermark) emit(id, newest);
    } else {
      elsewhere(id, newest, value, timestamp, end);
    }
  };
}

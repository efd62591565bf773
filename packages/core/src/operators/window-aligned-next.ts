import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { Accumulation } from './window-consumer.js';

/** A live window of a key, and the next older one. */
export interface AlignedWindow {
  readonly start: number;
  readonly contents: object;
  next: AlignedWindow | undefined;
}

export type CreateAlignedWindow = (start: number, contents: object, next: AlignedWindow | undefined) => AlignedWindow;

type OpenWindow = (
  id: number,
  start: number,
  before: AlignedWindow | undefined,
  value: unknown,
  timestamp: number,
) => AlignedWindow | undefined;

/**
 * Closed. A class for each operator, so that V8 knows what its accumulators are. It has no name: what bundlers add to keep names is
 * not there when the source is evaluated again.
 */
export function alignedNode(): CreateAlignedWindow {
  return (
    (Node: new (...fields: Parameters<CreateAlignedWindow>) => AlignedWindow): CreateAlignedWindow =>
    (start, contents, next) =>
      new Node(start, contents, next)
  )(
    class implements AlignedWindow {
      constructor(
        readonly start: number,
        readonly contents: object,
        public next: AlignedWindow | undefined,
      ) {}
    },
  );
}

/** Closed. A window that is alive is not late: it would have been forgotten before its watermark went on. */
export function tumblingNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<AlignedWindow>,
  control: KeyedControl,
  contents: Accumulation,
  size: number,
  offset: number,
  open: OpenWindow,
  emit: (id: number, window: AlignedWindow) => void,
  skip: (id: number, value: unknown, timestamp: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    let start = Math.floor((timestamp - offset) / size) * size + offset;
    // The quotient of a fraction just below a bound may round up to it.
    if (start > timestamp) start -= size;
    let window = table.getForUpdate(id);
    let before: AlignedWindow | undefined;
    while (window !== undefined && window.start > start) {
      before = window;
      window = window.next;
    }
    if (window !== undefined && window.start === start) {
      contents.add(window.contents, value, timestamp);
      if (start + size - 1 <= control.watermark) emit(id, window);
    } else if (Number.isNaN(timestamp) || open(id, start, before, value, timestamp) === undefined) {
      skip(id, value, timestamp);
    }
  };
}

/** Closed. */
export function slidingNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<AlignedWindow>,
  control: KeyedControl,
  contents: Accumulation,
  size: number,
  slide: number,
  offset: number,
  open: OpenWindow,
  emit: (id: number, window: AlignedWindow) => void,
  skip: (id: number, value: unknown, timestamp: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    let start = Math.floor((timestamp - offset) / slide) * slide + offset;
    if (start > timestamp) start -= slide;
    let window = table.getForUpdate(id);
    let before: AlignedWindow | undefined;
    let accepted = false;
    for (; timestamp - start < size; start -= slide) {
      while (window !== undefined && window.start > start) {
        before = window;
        window = window.next;
      }
      if (window !== undefined && window.start === start) {
        contents.add(window.contents, value, timestamp);
        if (start + size - 1 <= control.watermark) emit(id, window);
        before = window;
        window = window.next;
      } else {
        before = open(id, start, before, value, timestamp);
        // Older windows are late too.
        if (before === undefined) break;
      }
      accepted = true;
      // At times beyond the safe integers a slide may be lost in rounding.
      if (start - slide === start) break;
    }
    if (!accepted) skip(id, value, timestamp);
  };
}

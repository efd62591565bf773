import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { Accumulation } from './window-consumer.js';
import type { WindowRows } from './window-rows.js';

/** What the windows over it share of a key's elements: those between two neighbouring bounds of windows. */
export interface Pane {
  start: number;
  readonly contents: object;
  older: Pane | undefined;
  newer: Pane | undefined;
  /** This pane and all newer ones up to the last turn, if `hasSum`; derived, not kept in checkpoints. */
  sum: object | undefined;
  hasSum: boolean;
}

/** The panes of a key, and what is known of the window that fires next. */
export interface PanesOfKey {
  newest: Pane;
  oldest: Pane;
  /** The start of the next window to fire; NaN for none. */
  next: number;
  /** The oldest pane of that window. */
  first: Pane | undefined;
  /** Panes before this are in sums; −∞ when the sums no longer hold. */
  summedTo: number;
  /** The newest pane that is in a sum. */
  summed: Pane | undefined;
  /** The panes that have been summed since the turn, which no pane's own sum has; if `hasRecent`. */
  recent: object | undefined;
  hasRecent: boolean;
}

export interface PaneNodes {
  pane(start: number, contents: object): Pane;
  ofKey(pane: Pane): PanesOfKey;
}

/** Closed. A class for each operator, without a name, as `alignedNode`. */
export function paneNodes(): PaneNodes {
  return ((
    PaneNode: new (...fields: [number, object, undefined, undefined, undefined, boolean]) => Pane,
    OfKey: new (...fields: [Pane, Pane, number, undefined, number, undefined, undefined, boolean]) => PanesOfKey,
  ): PaneNodes => ({
    pane: (start, contents) => new PaneNode(start, contents, undefined, undefined, undefined, false),
    ofKey: (pane) =>
      new OfKey(pane, pane, Number.NaN, undefined, Number.NEGATIVE_INFINITY, undefined, undefined, false),
  }))(
    class implements Pane {
      constructor(
        public start: number,
        readonly contents: object,
        public older: Pane | undefined,
        public newer: Pane | undefined,
        public sum: object | undefined,
        public hasSum: boolean,
      ) {}
    },
    class implements PanesOfKey {
      constructor(
        public newest: Pane,
        public oldest: Pane,
        public next: number,
        public first: Pane | undefined,
        public summedTo: number,
        public summed: Pane | undefined,
        public recent: object | undefined,
        public hasRecent: boolean,
      ) {}
    },
  );
}

/**
 * Closed. Most elements are in the newest pane of their key and come before the watermark: none of their windows has fired.
 *
 * @param rest Each slide has a second bound, at which windows end: so long after the first, 0 when both are one.
 */
export function panesNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<PanesOfKey>,
  control: KeyedControl,
  contents: Accumulation,
  rows: WindowRows,
  slide: number,
  rest: number,
  offset: number,
  elsewhere: (id: number, start: number, value: unknown, timestamp: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    let start = Math.floor((timestamp - offset) / slide) * slide + offset;
    // The quotient of a fraction just below a bound may round up to it.
    if (start > timestamp) start -= slide;
    if (rest > 0 && timestamp - start >= rest) start += rest;
    const { starts } = rows;
    if (id < starts.length && starts[id] === start && timestamp > control.watermark) {
      table.willChange(id);
      contents.add(rows.contents[id] as object, value, timestamp);
    } else {
      elsewhere(id, start, value, timestamp);
    }
  };
}

import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { KeyRegister } from '../stream/operator.js';
import type { KeyedControl } from './keyed-operator.js';
import type { Accumulation } from './window-consumer.js';
import { WindowRows } from './window-rows.js';

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

/** What is kept of a key: its panes, or the only one that it has had so far, of which its row knows what fires next. */
export type PaneOrPanes = Pane | PanesOfKey;

/** The rows of panes. Most keys come and go with one pane: their windows fire without a look at anything else. */
export class PaneRows extends WindowRows {
  /** Of a key with one pane the start of the next window to fire; NaN for none. */
  next: Float64Array = new Float64Array(this.starts.length);

  protected override grow(id: number): void {
    super.grow(id);
    const { next } = this;
    this.next = new Float64Array(this.starts.length);
    this.next.set(next);
  }
}

export interface PaneNodes {
  pane(start: number, contents: object): Pane;
  ofKey(pane: Pane): PanesOfKey;
}

/**
 * Closed. Literals, not instances: V8 learns to make literals that live long where old objects are. A number begins as a fraction, so that
 * it is kept as a double and changed in place.
 */
export function paneNodes(): PaneNodes {
  return {
    pane(start, contents) {
      const pane: Pane = { start: 0.5, contents, older: undefined, newer: undefined, sum: undefined, hasSum: false };
      pane.start = start;
      return pane;
    },
    ofKey(pane) {
      const panes: PanesOfKey = {
        newest: pane,
        oldest: pane,
        next: 0.5,
        first: undefined,
        summedTo: 0.5,
        summed: undefined,
        recent: undefined,
        hasRecent: false,
      };
      panes.next = Number.NaN;
      panes.summedTo = Number.NEGATIVE_INFINITY;
      return panes;
    },
  };
}

/**
 * Closed. Most elements are in the newest pane of their key and come before the watermark: none of their windows has fired.
 *
 * @param rest Each slide has a second bound, at which windows end: so long after the first, 0 when both are one.
 */
export function panesNext(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<PaneOrPanes>,
  control: KeyedControl,
  contents: Accumulation,
  rows: PaneRows,
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

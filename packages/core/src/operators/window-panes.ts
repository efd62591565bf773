import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { lastStart } from '../windows/floor-mod.js';
import { KeyedControl, keyedInput, openStore } from './keyed-operator.js';
import { TimerWaves } from './timer-waves.js';
import type { AlignedWindows } from './window-aligned.js';
import { accumulationOf, type WindowConsumer } from './window-consumer.js';
import { type LateElements, noTimestamps } from './window-late.js';
import { paneBounds } from './window-panes-bounds.js';
import { paneEntries } from './window-panes-codec.js';
import { panesFire } from './window-panes-fire.js';
import { type Pane, type PaneOrPanes, PaneRows, type PanesOfKey, paneNodes, panesNext } from './window-panes-next.js';
import { panePool } from './window-panes-pool.js';
import { forgetSums, paneAt, sumOfNext, sumsAround } from './window-panes-sums.js';

export interface PaneWindows extends AlignedWindows {
  readonly time: 'event' | 'processing';
}

/**
 * Sliding windows that overlap, with the default trigger and an aggregate that can be put together from parts: an element goes into one
 * pane of its key, however many windows it is in. Panes lie between neighbouring bounds of windows, so there are one or two to a slide.
 * The key stands in the queue at the time at which its next window fires or its oldest pane is in no window any more.
 *
 * Windows of processing time go by the same rules, with the millisecond before the clock in the place of the watermark.
 */
export function createPaneWindows(
  context: OperatorContext,
  windows: PaneWindows,
  late: LateElements,
  consumers: readonly WindowConsumer[],
): StreamObserver<unknown> {
  const { size, slide, offset, allowedLateness, time } = windows;
  const { clock, inputKey } = context;
  const byClock = time === 'processing';
  const rest = size % slide;
  const { newestStart, oldestStart, endOf: endOfPane } = paneBounds(windows);
  const control = new KeyedControl(
    context,
    consumers.map(({ out }) => out),
  );
  const contents = accumulationOf(consumers);
  const nodes = specialise(paneNodes)();
  const { store, table, header } = openStore(context, 'windows', paneEntries(contents, nodes));
  const { keys } = store;
  const queue = new TimerWaves();
  /** Of processing time: windows up to here have fired. */
  let passed = Number.NEGATIVE_INFINITY;
  const over = (): number => (byClock ? passed : control.watermark);
  const rows = new PaneRows();
  const { createPane, createOfKey, dismissPane, dismissOfKey } = panePool(nodes, contents);
  const sum = contents.create();
  /** Keys whose windows fire at the same time share it. */
  let emitted = { start: Number.NaN, end: Number.NaN };

  /** The panes of a key that may get another one: what its row alone knows goes where keys with several have it. */
  const severalOf = (id: number, kept: PaneOrPanes): PanesOfKey => {
    if (rows.alone[id] !== 1) return kept as PanesOfKey;
    const pane = kept as Pane;
    const panes = createOfKey(pane);
    rows.alone[id] = 0;
    panes.next = rows.next[id] as number;
    panes.first = Number.isNaN(panes.next) ? undefined : pane;
    table.set(id, panes);
    return panes;
  };

  let firedAt = Number.NaN;
  let fired = Number.NaN;
  /** The start of the last window that has fired, or would have. */
  const lastFired = (): number => {
    const at = over();
    if (at !== firedAt) {
      firedAt = at;
      fired = lastStart(at + 1 - size, slide, offset);
    }
    return fired;
  };

  const windowAt = (start: number): object => {
    if (emitted.start !== start) emitted = { start, end: start + size };
    return emitted;
  };

  /** The first window that a pane is in and that has not fired; NaN for none. */
  const firstAfterFired = (pane: number): number => {
    let start = oldestStart(pane);
    if (lastFired() >= start) start = lastFired() + slide;
    return start > pane ? Number.NaN : start;
  };

  const emit = (id: number, start: number, sum: object): void => {
    contents.emit(keys.keyOf(id), windowAt(start), sum, start + size - 1);
  };

  const aim = (id: number, panes: PanesOfKey, start: number, first: Pane): void => {
    panes.next = start;
    panes.first = first;
    queue.want(id, start + size - 1);
  };

  /** The next window to fire has a new pane in it, or is one that only this pane is in. */
  const aimAt = (id: number, panes: PanesOfKey, pane: Pane): void => {
    const start = firstAfterFired(pane.start);
    if (Number.isNaN(start)) return;
    if (panes.first === undefined || start < panes.next) aim(id, panes, start, pane);
    else if (pane.start < panes.first.start && pane.start >= panes.next) panes.first = pane;
  };

  /** Windows that have fired already and are still alive fire again for a late element, the newest first. */
  const refire = (id: number, pane: Pane): void => {
    const starts: number[] = [];
    const watermark = over();
    for (let start = newestStart(pane.start); pane.start - start < size; start -= slide) {
      const last = start + size - 1;
      if (last + allowedLateness <= watermark) break;
      if (last <= watermark) starts.unshift(start);
    }
    const sums = sumsAround(pane, starts, size, contents);
    for (let at = starts.length - 1; at >= 0; at--) emit(id, starts[at] as number, sums[at] as object);
  };

  /** A key comes with its first pane. */
  const takeFirst = (id: number, start: number): Pane => {
    const pane = createPane(start);
    table.set(id, pane);
    rows.put(id, start, pane.contents, true);
    const next = firstAfterFired(start);
    rows.next[id] = next;
    queue.want(id, Number.isNaN(next) ? endOfPane(start) : next + size - 1);
    return pane;
  };

  const take = (id: number, start: number, value: unknown, timestamp: number): boolean => {
    if (newestStart(start) + size - 1 + allowedLateness <= over()) {
      keys.endTurn(id);
      return false;
    }
    const kept = table.getForUpdate(id);
    let pane: Pane;
    if (kept === undefined) {
      pane = takeFirst(id, start);
      contents.add(pane.contents, value, timestamp);
    } else {
      const panes = severalOf(id, kept);
      pane = paneAt(panes, start, createPane);
      if (pane === panes.newest) rows.put(id, start, pane.contents, false);
      contents.add(pane.contents, value, timestamp);
      if (start < panes.summedTo) forgetSums(panes);
      aimAt(id, panes, pane);
      if (pane === panes.oldest) queue.want(id, endOfPane(start));
    }
    if (allowedLateness > 0) refire(id, pane);
    return true;
  };

  const elsewhere = (id: number, start: number, value: unknown, timestamp: number): void => {
    if (Number.isNaN(timestamp)) throw noTimestamps(context.name);
    if (!take(id, start, value, timestamp) && timestamp + allowedLateness <= control.watermark) late(value, timestamp);
  };

  /** After a firing: on to the next window that has a pane. */
  const goOn = (id: number, panes: PanesOfKey): void => {
    let { first } = panes;
    const start = panes.next + slide;
    if (first !== undefined && first.start >= start) {
      aim(id, panes, start, first);
      return;
    }
    while (first !== undefined && first.start < start) {
      first.hasSum = false;
      first = first.newer;
    }
    if (first === undefined) {
      panes.next = Number.NaN;
      panes.first = undefined;
      forgetSums(panes);
    } else {
      aim(id, panes, Math.max(start, oldestStart(first.start)), first);
    }
  };

  const fireNext = (id: number, panes: PanesOfKey): void => {
    const { first, next } = panes;
    const second = first?.newer;
    if (first !== undefined && (second === undefined || second.start >= next + size)) {
      emit(id, next, first.contents);
      return;
    }
    sumOfNext(panes, next + size, sum, contents);
    emit(id, next, sum);
    contents.clear(sum);
  };

  const fireSeveral = (id: number, now: number): void => {
    const panes = table.getForUpdate(id) as PanesOfKey;
    if (panes.next + size - 1 === now) {
      fireNext(id, panes);
      goOn(id, panes);
      // As long as its oldest pane is in windows, there is nothing to forget.
      if (panes.first === panes.oldest) return;
    }
    dropOver(id, panes, now);
  };

  /** All windows of the only pane of a key have fired. */
  const endAlone = (id: number, now: number): void => {
    const end = endOfPane(rows.starts[id] as number);
    if (end > now) {
      queue.want(id, end);
      return;
    }
    const pane = table.get(id) as Pane;
    forget(id);
    dismissPane(pane);
  };

  const forget = (id: number): void => {
    table.delete(id);
    rows.delete(id);
    keys.endTurn(id);
  };

  const forgetAll = (id: number, panes: PanesOfKey): void => {
    forget(id);
    dismissOfKey(panes);
  };

  const dropOver = (id: number, panes: PanesOfKey, now: number): void => {
    let { oldest } = panes;
    while (oldest !== panes.first && endOfPane(oldest.start) <= now) {
      const { newer } = oldest;
      dismissPane(oldest);
      if (newer === undefined) {
        forgetAll(id, panes);
        return;
      }
      newer.older = undefined;
      oldest = newer;
    }
    panes.oldest = oldest;
    queue.want(id, panes.first === undefined ? endOfPane(oldest.start) : panes.next + size - 1);
  };

  const fire = specialise(panesFire)(queue, keys, contents, rows, size, slide, windowAt, fireSeveral, endAlone);
  const fireByClock = (now: number): boolean => {
    if (fire(now - 1, always)) return false;
    if (queue.time > passed) passed = queue.time;
    return true;
  };
  const settleClock = (now: number): void => {
    while (fireByClock(now));
    if (now - 1 > passed) passed = now - 1;
  };

  const fireEvents = (watermark: number, stop: () => boolean): boolean => {
    const isOver = fire(watermark, stop);
    if (queue.time < Number.POSITIVE_INFINITY) control.fired = queue.time;
    return isOver;
  };

  control.start({
    fireEvent: (watermark) => !byClock && !fireEvents(watermark, always),
    fireEvents: (watermark, stop) => byClock || fireEvents(watermark, stop),
    capture: (bytes) => store.capture(bytes),
    writeHeader: (writer) => writer.float64(passed),
    processing: byClock ? { at: () => queue.next + 1, fire: fireByClock } : undefined,
  });
  if (header !== undefined) {
    passed = control.restore(header).float64();
    for (let id = 0; id < keys.limit; id++) {
      const panes = table.get(id) as PanesOfKey | undefined;
      if (panes === undefined) continue;
      rows.put(id, panes.newest.start, panes.newest.contents, false);
      for (
        let pane: Pane | undefined = panes.oldest;
        pane !== undefined && panes.first === undefined;
        pane = pane.newer
      )
        aimAt(id, panes, pane);
      queue.want(id, endOfPane(panes.oldest.start));
    }
  }

  if (!byClock) {
    return keyedInput(
      control,
      specialise(panesNext)(inputKey, keys, table, control, contents, rows, slide, rest, offset, elsewhere),
    );
  }
  const input = keyedInput(control, (value: unknown, timestamp: number): void => {
    control.settle();
    settleClock(clock.now());
    // A clock that was set back stands still until it is where it was.
    const now = passed + 1;
    const id = keys.idOf(inputKey.key);
    let start = lastStart(now, slide, offset);
    if (rest > 0 && now - start >= rest) start += rest;
    take(id, start, value, timestamp);
  });
  return {
    ...input,
    barrier(barrier) {
      // A ring may have been left in the middle of a millisecond, of which nothing must fire again after a restore.
      settleClock(passed + 1);
      input.barrier(barrier);
    },
  };
}

function always(): boolean {
  return true;
}

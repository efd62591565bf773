import type { Accumulation } from './window-consumer.js';
import type { Pane, PanesOfKey } from './window-panes-next.js';

/**
 * Adds a pane to those of a key or answers the one that is there.
 *
 * @param panes Those of the key; their newest need not be the last one.
 */
export function paneAt(panes: PanesOfKey, start: number, create: (start: number) => Pane): Pane {
  let newer: Pane | undefined;
  let older: Pane | undefined = panes.newest;
  while (older !== undefined && older.start > start) {
    newer = older;
    older = older.older;
  }
  if (older !== undefined && older.start === start) return older;
  const pane = create(start);
  pane.older = older;
  pane.newer = newer;
  if (older === undefined) panes.oldest = pane;
  else older.newer = pane;
  if (newer === undefined) panes.newest = pane;
  else newer.older = pane;
  return pane;
}

/**
 * Puts into `sum`, which is empty, what the panes of the next window have together, in about three merges however many they are.
 *
 * Two stacks in one list: up to a turn each pane knows the sum from itself to the turn; after it there is one sum of what came since.
 * A window is the sum of its first pane and that one. When the first pane has come to the turn, the sums are made anew up to the
 * newest pane of the window, each pane being summed once for as long as it is in windows.
 */
export function sumOfNext(panes: PanesOfKey, end: number, sum: object, contents: Accumulation): void {
  const first = panes.first as Pane;
  if (!first.hasSum || panes.summedTo === Number.NEGATIVE_INFINITY) turn(panes, first, end, contents);
  else takeUp(panes, end, contents);
  panes.summedTo = end;
  contents.merge(sum, first.sum as object);
  if (panes.hasRecent) contents.merge(sum, panes.recent as object);
}

/** An element has come to panes that are summed already. */
export function forgetSums(panes: PanesOfKey): void {
  panes.summedTo = Number.NEGATIVE_INFINITY;
  panes.hasRecent = false;
  panes.summed = undefined;
}

function turn(panes: PanesOfKey, first: Pane, end: number, contents: Accumulation): void {
  let pane = first;
  for (let newer = pane.newer; newer !== undefined && newer.start < end; newer = pane.newer) pane = newer;
  panes.summed = pane;
  panes.hasRecent = false;
  let before: object | undefined;
  for (;;) {
    if (pane.sum === undefined) pane.sum = contents.create();
    else contents.clear(pane.sum);
    contents.merge(pane.sum, pane.contents);
    if (before !== undefined) contents.merge(pane.sum, before);
    pane.hasSum = true;
    if (pane === first) return;
    before = pane.sum;
    pane = pane.older as Pane;
  }
}

function takeUp(panes: PanesOfKey, end: number, contents: Accumulation): void {
  for (let pane = panes.summed?.newer; pane !== undefined && pane.start < end; pane = pane.newer) {
    if (panes.recent === undefined) panes.recent = contents.create();
    else if (!panes.hasRecent) contents.clear(panes.recent);
    panes.hasRecent = true;
    contents.merge(panes.recent, pane.contents);
    panes.summed = pane;
  }
}

/**
 * What each of several windows has that contain a pane, as if each had been added up by itself, in as many merges as there are panes
 * and windows.
 *
 * @param starts Of the windows, ascending.
 */
export function sumsAround(pane: Pane, starts: readonly number[], size: number, contents: Accumulation): object[] {
  const after = starts.map((): object | undefined => undefined);
  let sum: object | undefined;
  let newer: Pane | undefined = pane;
  for (const [at, start] of starts.entries()) {
    while (newer !== undefined && newer.start - start < size) {
      const before = sum;
      sum = contents.create();
      if (before !== undefined) contents.merge(sum, before);
      contents.merge(sum, newer.contents);
      newer = newer.newer;
    }
    after[at] = sum;
  }
  const sums: object[] = [];
  let before: object | undefined;
  let older = pane.older;
  for (let at = starts.length - 1; at >= 0; at--) {
    while (older !== undefined && older.start >= (starts[at] as number)) {
      before = before === undefined ? older.contents : together(older.contents, before, contents);
      older = older.older;
    }
    const rest = after[at] as object;
    sums[at] = before === undefined ? rest : together(before, rest, contents);
  }
  return sums;
}

function together(older: object, newer: object, contents: Accumulation): object {
  const sum = contents.create();
  contents.merge(sum, older);
  contents.merge(sum, newer);
  return sum;
}

import type { Accumulation } from './window-consumer.js';
import type { Pane, PaneNodes, PanesOfKey } from './window-panes-next.js';
import { forgetSums } from './window-panes-sums.js';

/** So many are kept for new ones: some ten megabytes. */
const MOST_SPARE = 262_144;

/** Panes that are used again: they live too long for the collector to be cheap. */
export interface PanePool {
  createPane(start: number): Pane;
  createOfKey(pane: Pane): PanesOfKey;
  dismissPane(pane: Pane): void;
  dismissOfKey(panes: PanesOfKey): void;
}

export function panePool(nodes: PaneNodes, contents: Accumulation): PanePool {
  const spare: Pane[] = [];
  const spareOfKeys: PanesOfKey[] = [];
  return {
    createPane(start) {
      const pane = spare.pop();
      if (pane === undefined) return nodes.pane(start, contents.create());
      pane.start = start;
      contents.clear(pane.contents);
      return pane;
    },
    createOfKey(pane) {
      const panes = spareOfKeys.pop();
      if (panes === undefined) return nodes.ofKey(pane);
      panes.newest = pane;
      panes.oldest = pane;
      return panes;
    },
    dismissPane(pane) {
      pane.older = undefined;
      pane.newer = undefined;
      pane.hasSum = false;
      if (spare.length < MOST_SPARE) spare.push(pane);
    },
    dismissOfKey(panes) {
      panes.next = Number.NaN;
      panes.first = undefined;
      forgetSums(panes);
      if (spareOfKeys.length < MOST_SPARE) spareOfKeys.push(panes);
    },
  };
}

import { lastStart } from '../windows/floor-mod.js';
import type { AlignedWindows } from './window-aligned.js';

/** Which windows a pane is in, all by the start of the pane. */
export interface PaneBounds {
  /** The start of the last window. */
  newestStart(pane: number): number;
  /** The start of the first window. */
  oldestStart(pane: number): number;
  /** When the pane is in no window any more. */
  endOf(pane: number): number;
}

export function paneBounds({ size, slide, offset, allowedLateness }: AlignedWindows): PaneBounds {
  const rest = size % slide;
  const newestStart = (pane: number): number => (rest === 0 ? pane : lastStart(pane, slide, offset));
  return {
    newestStart,
    oldestStart: (pane) => newestStart(pane - size) + slide,
    endOf: (pane) => newestStart(pane) + size - 1 + allowedLateness,
  };
}

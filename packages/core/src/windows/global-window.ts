import type { GlobalWindow } from './window.js';
import { builtInAssigner, type WindowAssigner } from './window-assigner.js';

const WINDOW: GlobalWindow = Object.freeze({});

/**
 * One window for all elements of a key, which never ends: with no `trigger` it never fires.
 *
 * `onEventTime()` fires it at the end of the input; `onCount`, `everyEventTime`, `onDelta` and triggers of your own in between. Wrap the
 * trigger in `purging` or set an `evictor`, or the window grows for ever.
 *
 * @see Apache Flink, `GlobalWindows`
 *
 * @example
 * positions$.pipe(
 *   keyBy((position) => position.car),
 *   windowBy(globalWindow(), { trigger: purging(onDelta<Position>(100, (before, now) => now.metres - before.metres)) }),
 * );
 */
export function globalWindow(): WindowAssigner<unknown, GlobalWindow> {
  return builtInAssigner({ type: 'global' }, 'none', () => [WINDOW]);
}

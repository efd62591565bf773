import type { CountWindow } from './window.js';
import { builtInAssigner, type WindowAssigner } from './window-assigner.js';
import { countOption } from './window-option.js';

/**
 * Windows of `size` elements of a key. A window fires with its last element, whose timestamp its result has; one that is never full
 * emits nothing. No element is late.
 *
 * @param size Elements in a window.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `countWindow(size)`, whose results carry the largest timestamp there is
 *
 * @example
 * readings$.pipe(keyBy((reading) => reading.sensor), windowBy(tumblingCount(100)), aggregate(averageOf((reading) => reading.value)));
 */
export function tumblingCount(size: number): WindowAssigner<unknown, CountWindow> {
  const count = countOption('tumblingCount', 'size', size);
  return builtInAssigner({ type: 'count', size: count, every: count }, 'none', neverAsked);
}

/**
 * The last `size` elements of a key, after each `every` of them. The first windows are shorter.
 *
 * @param size Elements that a window keeps.
 * @param every Elements between two firings.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `countWindow(size, slide)`, whose results carry the largest timestamp there is
 *
 * @example
 * readings$.pipe(keyBy((reading) => reading.sensor), windowBy(slidingCount(100, 10)), aggregate(averageOf((reading) => reading.value)));
 */
export function slidingCount(size: number, every: number): WindowAssigner<unknown, CountWindow> {
  const kept = countOption('slidingCount', 'size', size);
  const step = countOption('slidingCount', 'every', every);
  return builtInAssigner({ type: 'count', size: kept, every: step }, 'none', neverAsked);
}

/** Which window an element is in depends on how many came before: the operator counts them. */
function neverAsked(): Iterable<CountWindow> {
  return [];
}

import type { Duration } from '@sluice/connector-sdk';
import { lastStart } from './floor-mod.js';
import type { TimeWindow } from './window.js';
import { builtInAssigner, type WindowAssigner, type WindowTime } from './window-assigner.js';
import { offsetOption, sizeOption, timeOption } from './window-option.js';

/**
 * Windows of one size that begin every `slide`: an element is in each of those that overlap it. With a slide above the size, elements
 * in the gaps are in none.
 *
 * Where windows overlap, with the default trigger and no evictor, `countOf`, `sumOf`, `averageOf`, `minOf`, `maxOf` and `allOf` of these
 * add each element up once, however many windows it is in: windows share the sums of the panes between their bounds. Sums of fractions
 * are then put together in another order than elements came in, which their last digits may show; of equal extremes (0 and −0) it may
 * be the other.
 *
 * @param size Length of a window.
 * @param slide Time between the starts of two windows.
 * @param options `offset` moves the bounds from the multiples of `slide`; `time` is event time by default.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `SlidingEventTimeWindows`; ours floor negative timestamps too
 *
 * @example
 * bids$.pipe(keyBy((bid) => bid.auction), windowBy(sliding('10m', '1m')), aggregate(countOf()));
 */
export function sliding(
  size: Duration,
  slide: Duration,
  options: WindowTime & { readonly offset?: Duration } = {},
): WindowAssigner<unknown, TimeWindow> {
  const length = sizeOption('sliding', 'size', size);
  const step = sizeOption('sliding', 'slide', slide);
  const offset = offsetOption('sliding', options.offset);
  const time = timeOption('sliding', options.time);
  return builtInAssigner({ type: 'aligned', size: length, slide: step, offset }, time, (_value, timestamp) => {
    const windows: TimeWindow[] = [];
    for (let start = lastStart(timestamp, step, offset); timestamp - start < length; start -= step) {
      windows.push({ start, end: start + length });
      // At times beyond the safe integers a slide may be lost in rounding.
      if (start - step === start) break;
    }
    return windows;
  });
}

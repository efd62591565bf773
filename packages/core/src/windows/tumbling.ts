import type { Duration } from '@sluice/connector-sdk';
import { lastStart } from './floor-mod.js';
import type { TimeWindow } from './window.js';
import { builtInAssigner, type WindowAssigner, type WindowTime } from './window-assigner.js';
import { offsetOption, sizeOption, timeOption } from './window-option.js';

/**
 * Windows of one size, side by side: `[start, start + size)`, each element in exactly one.
 *
 * @param size Length of a window.
 * @param options `offset` moves the bounds from the multiples of `size` (a day that begins at 04:00: `'4h'`); `time` is event time
 * by default.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `TumblingEventTimeWindows`; ours floor negative timestamps too
 *
 * @example
 * clicks$.pipe(keyBy((click) => click.user), windowBy(tumbling('1m')), aggregate(countOf()));
 */
export function tumbling(
  size: Duration,
  options: WindowTime & { readonly offset?: Duration } = {},
): WindowAssigner<unknown, TimeWindow> {
  const length = sizeOption('tumbling', 'size', size);
  const offset = offsetOption('tumbling', options.offset);
  const time = timeOption('tumbling', options.time);
  return builtInAssigner({ type: 'aligned', size: length, slide: length, offset }, time, (_value, timestamp) => {
    const start = lastStart(timestamp, length, offset);
    return [{ start, end: start + length }];
  });
}

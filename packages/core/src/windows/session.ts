import { type Duration, milliseconds } from '@sluice/connector-sdk';
import type { TimeWindow } from './window.js';
import { builtInAssigner, type WindowAssigner, type WindowTime } from './window-assigner.js';
import { sizeOption, timeOption, wrongWindowOption } from './window-option.js';

/**
 * Windows of activity: a session ends when its key has been silent for `gap`. Sessions that an element joins become one; so do those
 * that only touch.
 *
 * @param gap Silence that ends a session.
 * @param options `time` is event time by default.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `EventTimeSessionWindows`
 *
 * @example
 * clicks$.pipe(keyBy((click) => click.user), windowBy(session('30m')), aggregate(countOf()));
 */
export function session(gap: Duration, options: WindowTime = {}): WindowAssigner<unknown, TimeWindow> {
  const silence = sizeOption('session', 'gap', gap);
  const time = timeOption('session', options.time);
  return builtInAssigner({ type: 'merging', gapOf: silence }, time, (_value, timestamp) => [
    { start: timestamp, end: timestamp + silence },
  ]);
}

/**
 * Sessions whose gap each element decides.
 *
 * @param gapOf The silence after this element that ends the session.
 * @param options `time` is event time by default.
 * @throws SLUICE_WINDOW_OPTION, also for a gap that an element asks for
 * @see Apache Flink, `DynamicEventTimeSessionWindows`, whose loss of elements when a session equals a merged one is not copied
 *
 * @example
 * clicks$.pipe(keyBy((click) => click.user), windowBy(dynamicSession((click) => (click.mobile ? '5m' : '30m'))), aggregate(countOf()));
 */
export function dynamicSession<T>(
  gapOf: (value: T) => Duration,
  options: WindowTime = {},
): WindowAssigner<T, TimeWindow> {
  if (typeof gapOf !== 'function') throw wrongWindowOption('dynamicSession', 'gapOf', 'a function', gapOf);
  const time = timeOption('dynamicSession', options.time);
  const silenceAfter = (value: T): number => {
    const gap = gapOf(value);
    const silence = typeof gap === 'number' ? gap : milliseconds(gap);
    if (silence > 0 && silence < Number.POSITIVE_INFINITY) return silence;
    throw wrongWindowOption('dynamicSession', 'gapOf', 'a function that returns finite gaps above 0', silence);
  };
  return builtInAssigner({ type: 'merging', gapOf: silenceAfter }, time, (value: T, timestamp: number) => [
    { start: timestamp, end: timestamp + silenceAfter(value) },
  ]);
}

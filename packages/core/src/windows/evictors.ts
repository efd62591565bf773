import { type Duration, milliseconds } from '@sluice/connector-sdk';
import type { Evictor, EvictorOptions } from './evictor.js';
import { wrongWindowOption } from './window-option.js';

/**
 * Keeps the last elements of a window in order of arrival.
 *
 * @param keep How many, from 0.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `CountEvictor`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1h'), { evictor: evictByCount(100) }));
 */
export function evictByCount(keep: number, options: EvictorOptions = {}): Evictor<unknown> {
  if (!Number.isSafeInteger(keep) || keep < 0)
    throw wrongWindowOption('evictByCount', 'keep', 'a whole number from 0', keep);
  return {
    when: whenOption('evictByCount', options),
    keep: (elements) => (elements.length > keep ? elements.slice(elements.length - keep) : elements),
  };
}

/**
 * Keeps the elements whose timestamp is less than `keep` before that of the newest one. Elements without timestamps stay.
 *
 * @param keep Milliseconds, or a literal such as `'10s'`.
 * @throws SLUICE_WINDOW_OPTION, SLUICE_DURATION
 * @see Apache Flink, `TimeEvictor`
 *
 * @example
 * keyed$.pipe(windowBy(globalWindow(), { trigger: onCount(10), evictor: evictByTime('1m') }));
 */
export function evictByTime(keep: Duration, options: EvictorOptions = {}): Evictor<unknown> {
  const span = milliseconds(keep);
  if (span < 0) throw wrongWindowOption('evictByTime', 'keep', 'a time from 0', keep);
  return {
    when: whenOption('evictByTime', options),
    keep(elements) {
      let newest = Number.NEGATIVE_INFINITY;
      for (const { timestamp } of elements) if (timestamp > newest) newest = timestamp;
      return elements.filter(({ timestamp }) => !(timestamp <= newest - span));
    },
  };
}

/**
 * Keeps the elements that differ by less than `threshold` from the one that arrived last, which itself goes when the threshold is 0.
 *
 * @param threshold Difference from which on an element goes.
 * @param delta The difference between an element and the one that arrived last.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `DeltaEvictor`
 *
 * @example
 * keyedReadings$.pipe(windowBy(tumbling('1h'), { evictor: evictByDelta(5, (reading, newest) => Math.abs(newest.value - reading.value)) }));
 */
export function evictByDelta<T>(
  threshold: number,
  delta: (element: T, newest: T) => number,
  options: EvictorOptions = {},
): Evictor<T> {
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    throw wrongWindowOption('evictByDelta', 'threshold', 'a number', threshold);
  }
  if (typeof delta !== 'function') throw wrongWindowOption('evictByDelta', 'delta', 'a function', delta);
  return {
    when: whenOption('evictByDelta', options),
    keep(elements) {
      const newest = elements.at(-1);
      return newest === undefined
        ? elements
        : elements.filter(({ value }) => !(delta(value, newest.value) >= threshold));
    },
  };
}

function whenOption(component: string, { when = 'before' }: EvictorOptions): 'before' | 'after' {
  if (when === 'before' || when === 'after') return when;
  throw wrongWindowOption(component, 'when', "'before' or 'after'", when);
}

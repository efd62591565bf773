import type { Trigger } from './trigger.js';
import { triggerValue } from './trigger-value.js';
import { wrongWindowOption } from './window-option.js';

/**
 * Fires when an element differs by more than `threshold` from the one that fired last (from the first, before any). It takes the place
 * of the firing at the window's end. Not for sessions: two references cannot be merged.
 *
 * @param threshold What the difference must exceed.
 * @param delta The difference between the element that fired last and this one.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `DeltaTrigger`
 *
 * @example
 * keyedPositions$.pipe(windowBy(globalWindow(), { trigger: purging(onDelta(100, (before, now) => now.metres - before.metres)) }));
 */
export function onDelta<T>(threshold: number, delta: (before: T, now: T) => number): Trigger<T> {
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    throw wrongWindowOption('onDelta', 'threshold', 'a number', threshold);
  }
  if (typeof delta !== 'function') throw wrongWindowOption('onDelta', 'delta', 'a function', delta);
  // In a tuple of one: an element may itself be undefined.
  const shape = { last: triggerValue<readonly [T]>() };
  return {
    onElement(value, _timestamp, context) {
      const { last } = context.state(shape);
      const before = last.get();
      if (before === undefined) {
        last.set([value]);
        return 'continue';
      }
      if (!(delta(before[0], value) > threshold)) return 'continue';
      last.set([value]);
      return 'fire';
    },
  };
}

import type { Trigger } from './trigger.js';
import { triggerValue } from './trigger-value.js';
import { countOption } from './window-option.js';

const COUNT = { count: triggerValue<number>((a, b) => a + b) };

/**
 * Fires after each `count` elements of a window. It takes the place of the firing at the window's end: what is left over then is not
 * emitted. Counts of merging sessions add up; one firing answers however far over.
 *
 * @param count Elements between two firings.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `CountTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1h'), { trigger: onCount(100) }));
 */
export function onCount(count: number): Trigger<unknown> {
  const limit = countOption('onCount', 'count', count);
  return {
    onElement(_value, _timestamp, context) {
      const state = context.state(COUNT).count;
      const seen = (state.get() ?? 0) + 1;
      if (seen < limit) {
        state.set(seen);
        return 'continue';
      }
      state.clear();
      return 'fire';
    },
    onMerge() {},
  };
}

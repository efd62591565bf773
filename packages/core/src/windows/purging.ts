import type { Trigger, TriggerResult } from './trigger.js';
import { wrongWindowOption } from './window-option.js';

/**
 * Drops the contents of a window whenever the given trigger fires. The window itself and the trigger's own state stay: later elements
 * begin anew in it.
 *
 * @param trigger Says when.
 * @throws SLUICE_WINDOW_OPTION
 * @see Apache Flink, `PurgingTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1h'), { trigger: purging(everyEventTime('1m')) })); // each result covers what is new
 */
export function purging<T>(trigger: Trigger<T>): Trigger<T> {
  if (typeof trigger?.onElement !== 'function') throw wrongWindowOption('purging', 'trigger', 'a trigger', trigger);
  return {
    onElement: (value, timestamp, context) => purged(trigger.onElement(value, timestamp, context)),
    ...(trigger.onEventTime && {
      onEventTime: (timestamp, context) => purged(trigger.onEventTime?.(timestamp, context)),
    }),
    ...(trigger.onProcessingTime && {
      onProcessingTime: (timestamp, context) => purged(trigger.onProcessingTime?.(timestamp, context)),
    }),
    ...(trigger.onMerge && { onMerge: (context) => trigger.onMerge?.(context) }),
    ...(trigger.clear && { clear: (context) => trigger.clear?.(context) }),
  };
}

function purged(result: TriggerResult = 'continue'): TriggerResult {
  return result === 'fire' ? 'fireAndPurge' : result;
}

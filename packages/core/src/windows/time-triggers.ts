import { lastMillisecond, markEventTimeTrigger, type Trigger } from './trigger.js';

/**
 * Fires when the watermark reaches the end of the window, and again for each late element that it still accepts. The default of
 * windows of event time. On a global window it fires at the end of the input.
 *
 * @see Apache Flink, `EventTimeTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1m'), { trigger: purging(onEventTime()) }));
 */
export function onEventTime(): Trigger<unknown> {
  return EVENT_TIME;
}

const EVENT_TIME: Trigger<unknown> = markEventTimeTrigger({
  onElement(_value, _timestamp, context) {
    const last = lastMillisecond(context.window);
    if (last <= context.watermark) return 'fire';
    context.registerEventTimer(last);
    return 'continue';
  },
  onEventTime: (timestamp, context) => (timestamp === lastMillisecond(context.window) ? 'fire' : 'continue'),
  onMerge(context) {
    // Past its end, the element that merged the windows fires.
    const last = lastMillisecond(context.window);
    if (last > context.watermark) context.registerEventTimer(last);
  },
} satisfies Trigger<unknown>);

/**
 * Fires when the clock reaches the end of the window, whether or not elements come. The default of windows of processing time.
 *
 * @see Apache Flink, `ProcessingTimeTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1m', { time: 'processing' }), { trigger: purging(onProcessingTime()) }));
 */
export function onProcessingTime(): Trigger<unknown> {
  return PROCESSING_TIME;
}

const PROCESSING_TIME: Trigger<unknown> = {
  onElement(_value, _timestamp, context) {
    context.registerProcessingTimer(lastMillisecond(context.window) + 1);
    return 'continue';
  },
  onProcessingTime: (timestamp, context) => (timestamp === lastMillisecond(context.window) + 1 ? 'fire' : 'continue'),
  onMerge(context) {
    context.registerProcessingTimer(lastMillisecond(context.window) + 1);
  },
};

/**
 * Never fires: for windows of which only a side effect of their trigger, or nothing yet, is wanted. The default of global windows.
 *
 * @see Apache Flink, `GlobalWindows.NeverTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(globalWindow(), { trigger: neverFire() }));
 */
export function neverFire(): Trigger<unknown> {
  return NEVER;
}

const NEVER: Trigger<unknown> = { onElement: () => 'continue', onMerge() {} };

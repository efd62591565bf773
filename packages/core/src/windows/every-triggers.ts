import { type Duration, milliseconds } from '@sluice/connector-sdk';
import { lastStart } from './floor-mod.js';
import { lastMillisecond, type Trigger } from './trigger.js';
import { triggerValue } from './trigger-value.js';
import { wrongWindowOption } from './window-option.js';

/** When a window fires next; the earlier time wins when windows merge. */
const NEXT = { next: triggerValue<number>((a, b) => Math.min(a, b)) };

/**
 * Early results: fires at every multiple of `interval` in event time that the watermark reaches, once for each, and at the window's
 * end; again for each late element that is still accepted.
 *
 * @param interval Event time between two firings.
 * @throws SLUICE_WINDOW_OPTION, SLUICE_DURATION
 * @see Apache Flink, `ContinuousEventTimeTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1h'), { trigger: everyEventTime('1m') }));
 */
export function everyEventTime(interval: Duration): Trigger<unknown> {
  const step = intervalOption('everyEventTime', interval);
  return {
    onElement(_value, timestamp, context) {
      const last = lastMillisecond(context.window);
      if (last <= context.watermark) return 'fire';
      context.registerEventTimer(last);
      const { next } = context.state(NEXT);
      if (next.get() === undefined) {
        const time = Math.min(lastStart(timestamp, step, 0) + step, last);
        next.set(time);
        context.registerEventTimer(time);
      }
      return 'continue';
    },
    onEventTime(timestamp, context) {
      const last = lastMillisecond(context.window);
      if (timestamp === last) return 'fire';
      const { next } = context.state(NEXT);
      if (next.get() !== timestamp) return 'continue';
      next.clear();
      // At the end of the input a window without an end would go on for ever.
      const endless = last === Number.POSITIVE_INFINITY && context.watermark === last;
      const time = endless ? last : Math.min(timestamp + step, last);
      next.set(time);
      context.registerEventTimer(time);
      return 'fire';
    },
    onMerge(context) {
      const time = context.state(NEXT).next.get();
      if (time !== undefined) context.registerEventTimer(time);
    },
    clear(context) {
      const { next } = context.state(NEXT);
      const time = next.get();
      if (time === undefined) return;
      context.deleteEventTimer(time);
      next.clear();
    },
  };
}

/**
 * Early results by the clock: fires at every multiple of `interval` in processing time, from the first element on. A window of
 * processing time fires at its end as well; one of event time is emitted by the clock alone.
 *
 * @param interval Time of the clock between two firings.
 * @throws SLUICE_WINDOW_OPTION, SLUICE_DURATION
 * @see Apache Flink, `ContinuousProcessingTimeTrigger`
 *
 * @example
 * keyed$.pipe(windowBy(tumbling('1h'), { trigger: everyProcessingTime('10s') }));
 */
export function everyProcessingTime(interval: Duration): Trigger<unknown> {
  const step = intervalOption('everyProcessingTime', interval);
  /** The end of a window that is not over yet bounds the next firing; an end in the past would fire without pause. */
  const after = (now: number, time: number, window: unknown): number => {
    const end = lastMillisecond(window) + 1;
    return end > now ? Math.min(time, end) : time;
  };
  return {
    onElement(_value, _timestamp, context) {
      const { next } = context.state(NEXT);
      if (next.get() === undefined) {
        const now = context.processingTime;
        const time = after(now, lastStart(now, step, 0) + step, context.window);
        next.set(time);
        context.registerProcessingTimer(time);
      }
      return 'continue';
    },
    onProcessingTime(timestamp, context) {
      const { next } = context.state(NEXT);
      if (next.get() !== timestamp) return 'continue';
      next.clear();
      const time = after(timestamp, lastStart(timestamp, step, 0) + step, context.window);
      next.set(time);
      context.registerProcessingTimer(time);
      return 'fire';
    },
    onMerge(context) {
      const time = context.state(NEXT).next.get();
      if (time !== undefined) context.registerProcessingTimer(time);
    },
    clear(context) {
      const { next } = context.state(NEXT);
      const time = next.get();
      if (time === undefined) return;
      context.deleteProcessingTimer(time);
      next.clear();
    },
  };
}

function intervalOption(component: string, interval: Duration): number {
  const step = milliseconds(interval);
  if (step > 0) return step;
  throw wrongWindowOption(component, 'interval', 'a time above 0', interval);
}

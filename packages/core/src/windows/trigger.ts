import type { StateOf, StateShape } from '../state/descriptor.js';

/** What happens to a window: nothing, its contents are emitted, dropped, or both. Dropping them leaves the window itself alive. */
export type TriggerResult = 'continue' | 'fire' | 'purge' | 'fireAndPurge';

/**
 * Decides when a window fires.
 *
 * Timers and state belong to the window and go with it. An event timer at or below the watermark waits for the next advance; one set
 * in a timer fires in the same advance. The end of a window's life is an event (or processing) time too: the trigger is asked then as
 * for a timer of its own.
 *
 * A trigger without `onMerge` cannot be used with sessions. Before `onMerge` the state of the merged windows has become one: reducing
 * and aggregating states are merged, lists and maps joined, of values that of the oldest window that has one stays.
 *
 * @see Apache Flink, `Trigger`
 *
 * @example
 * // Fires when an alarm arrives, and at the end.
 * const onAlarm: Trigger<Reading, TimeWindow> = {
 *   onElement(reading, _timestamp, { window, registerEventTimer }) {
 *     registerEventTimer(window.end - 1);
 *     return reading.alarm ? 'fire' : 'continue';
 *   },
 *   onEventTime: (timestamp, { window }) => (timestamp === window.end - 1 ? 'fire' : 'continue'),
 * };
 */
export interface Trigger<in T, W = unknown> {
  /** An element has been added to a window. */
  onElement(value: T, timestamp: number, context: TriggerContext<W>): TriggerResult;
  onEventTime?(timestamp: number, context: TriggerContext<W>): TriggerResult;
  onProcessingTime?(timestamp: number, context: TriggerContext<W>): TriggerResult;
  /** Windows have become `context.window`, whose timers are still to be set. */
  onMerge?(context: TriggerContext<W>): void;
  /** The window's life is over. Its timers and state are removed without this. */
  clear?(context: TriggerContext<W>): void;
}

/** What a trigger may see and do. Valid during the call only. */
export interface TriggerContext<W> {
  readonly window: W;
  readonly watermark: number;
  readonly processingTime: number;
  registerEventTimer(timestamp: number): void;
  registerProcessingTimer(timestamp: number): void;
  deleteEventTimer(timestamp: number): void;
  deleteProcessingTimer(timestamp: number): void;
  /** State of this key and window. Declare the shape once, outside the calls. */
  state<S extends StateShape>(shape: S): StateOf<S>;
}

/** The last millisecond of a window of time; `Infinity` for windows that no clock ends. */
export function lastMillisecond(window: unknown): number {
  const end = (window as { readonly end?: unknown } | null)?.end;
  return typeof end === 'number' ? end - 1 : Number.POSITIVE_INFINITY;
}

/** What the operator knows of the triggers of this package: `eventTime` is the default of event time, which has a way of its own. */
const KIND = '~trigger';

export function isEventTimeTrigger(trigger: object): boolean {
  return (trigger as { readonly [KIND]?: string })[KIND] === 'eventTime';
}

export function markEventTimeTrigger<T extends object>(trigger: T): T {
  return Object.defineProperty(trigger, KIND, { value: 'eventTime' });
}

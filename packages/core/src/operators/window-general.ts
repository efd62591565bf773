import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import type { Evictor } from '../windows/evictor.js';
import type { Trigger, TriggerResult } from '../windows/trigger.js';
import type { TimeWindow } from '../windows/window.js';
import type { WindowAssigner } from '../windows/window-assigner.js';
import { KeyedControl, keyedInput, openStore } from './keyed-operator.js';
import { TimerQueue } from './timer-queue.js';
import type { WindowConsumer } from './window-consumer.js';
import { type Arrivals, contentsOf } from './window-contents.js';
import { type LateElements, noTimestamps } from './window-late.js';
import { LiveWindow, liveWindows, removeTime } from './window-live.js';
import { mergeSessions } from './window-merge.js';
import { sameWindow } from './window-same.js';
import { triggerContext } from './window-trigger-context.js';

export interface GeneralWindows {
  readonly assigner: WindowAssigner<unknown, unknown>;
  readonly merging: boolean;
  readonly trigger: Trigger<unknown, unknown>;
  readonly evictor: Evictor<never> | undefined;
  readonly allowedLateness: number;
  /** What consumers see as the window at its so many-th firing. */
  windowAt(window: unknown, firing: number): unknown;
}

/**
 * Windows of any assigner with any trigger and evictor. Per key its live windows; each holds its contents, its trigger's state and
 * timers. The queues of timers are derived from them.
 */
export function createGeneralWindows(
  context: OperatorContext,
  { assigner, merging, trigger, evictor, allowedLateness, windowAt }: GeneralWindows,
  late: LateElements,
  consumers: readonly WindowConsumer[],
): StreamObserver<unknown> {
  const { clock, inputKey } = context;
  const eventTime = assigner.time === 'event';
  const processingTime = assigner.time === 'processing';
  const control = new KeyedControl(
    context,
    consumers.map(({ out }) => out),
  );
  const eventTimers = new TimerQueue();
  const processingTimers = new TimerQueue();
  const arrivals: Arrivals = { next: 0 };
  const contents = contentsOf({ consumers, evictor, merging, arrivals });
  const endOf = (window: unknown): number => endOfLife(window, assigner.time, allowedLateness);
  const { store, table, header } = openStore(context, 'windows', liveWindows(contents, endOf));
  const { keys } = store;
  const triggers = triggerContext(control, clock, eventTimers, processingTimers);

  /** `timestamp`: of the element or timer that fires; that of the result where the window has no last millisecond. */
  const act = (id: number, live: LiveWindow, result: TriggerResult, timestamp: number): void => {
    if (result === 'continue') return;
    if (result !== 'purge' && live.contents !== undefined) {
      const window = windowAt(live.window, live.fired++);
      contents.emit(
        keys.keyOf(id),
        window,
        live.contents,
        live.last < Number.POSITIVE_INFINITY ? live.last : timestamp,
      );
      if (contents.isEmpty(live.contents)) live.contents = undefined;
    }
    if (result !== 'fire') live.contents = undefined;
  };

  const discard = (id: number, windows: LiveWindow[], live: LiveWindow): void => {
    trigger.clear?.(triggers.enter(id, live));
    windows.splice(windows.indexOf(live), 1);
  };

  const leave = (id: number, windows: readonly LiveWindow[]): void => {
    if (windows.length === 0) {
      table.delete(id);
      keys.endTurn(id);
    } else if (!table.has(id)) {
      table.set(id, windows as LiveWindow[]);
    }
  };

  /** The live window of an assigned one, made or merged if need be; `undefined` when it is late. */
  const take = (id: number, windows: LiveWindow[], window: unknown): LiveWindow | undefined => {
    let live = merging
      ? mergeSessions(windows, window as TimeWindow, endOf, contents, (merged, parts) => {
          trigger.onMerge?.(triggers.enter(id, merged));
          for (const part of parts) trigger.clear?.(triggers.enter(id, part));
        })
      : windows.find((one) => sameWindow(one.window, window));
    if (live !== undefined) return live;
    const end = endOf(window);
    if (eventTime && end <= control.watermark) return undefined;
    live = new LiveWindow(window, end);
    windows.push(live);
    return live;
  };

  const next = (value: unknown, timestamp: number): void => {
    control.settle();
    if (eventTime && Number.isNaN(timestamp)) throw noTimestamps(context.name);
    let time = timestamp;
    if (processingTime) {
      time = clock.now();
      // What the clock has already ended takes up nothing more.
      while (fireProcessing(time));
    }
    const id = keys.idOf(inputKey.key);
    const windows = table.getForUpdate(id) ?? [];
    let accepted = false;
    for (const window of assigner.assign(value, time)) {
      const live = take(id, windows, window);
      if (live === undefined) continue;
      accepted = true;
      live.contents ??= contents.create();
      contents.add(live.contents, value, timestamp);
      if (timestamp > live.newest) live.newest = timestamp;
      act(id, live, trigger.onElement(value, timestamp, triggers.enter(id, live)), timestamp);
      if (live.end < Number.POSITIVE_INFINITY) (eventTime ? eventTimers : processingTimers).want(id, live.end);
    }
    leave(id, windows);
    if (!accepted && eventTime && timestamp + allowedLateness <= control.watermark) late(value, timestamp);
  };

  const fireEvent = (watermark: number): boolean => {
    const id = eventTimers.take(watermark);
    if (id < 0) return false;
    const { time } = eventTimers;
    if (time < Number.POSITIVE_INFINITY) control.fired = time;
    const windows = table.getForUpdate(id);
    if (windows === undefined) return true;
    for (const live of [...windows]) {
      const ends = eventTime && live.end === time;
      if (!removeTime(live.eventTimers, time) && !ends) continue;
      const timestamp = time < Number.POSITIVE_INFINITY ? time : live.newest;
      act(id, live, trigger.onEventTime?.(time, triggers.enter(id, live)) ?? 'continue', timestamp);
      if (ends) discard(id, windows, live);
    }
    leave(id, windows);
    wantEvent(id, windows);
    return true;
  };

  const fireProcessing = (now: number): boolean => {
    const id = processingTimers.take(now);
    if (id < 0) return false;
    const { time } = processingTimers;
    const windows = table.getForUpdate(id);
    if (windows === undefined) return true;
    for (const live of [...windows]) {
      const ends = processingTime && live.end === time;
      if (!removeTime(live.processingTimers, time) && !ends) continue;
      act(id, live, trigger.onProcessingTime?.(time, triggers.enter(id, live)) ?? 'continue', live.newest);
      if (ends) discard(id, windows, live);
    }
    leave(id, windows);
    wantProcessing(id, windows);
    return true;
  };

  const wantEvent = (id: number, windows: readonly LiveWindow[]): void => {
    for (const live of windows) {
      for (const time of live.eventTimers.slice(0, 1)) eventTimers.want(id, time);
      if (eventTime && live.end < Number.POSITIVE_INFINITY) eventTimers.want(id, live.end);
    }
  };

  const wantProcessing = (id: number, windows: readonly LiveWindow[]): void => {
    for (const live of windows) {
      for (const time of live.processingTimers.slice(0, 1)) processingTimers.want(id, time);
      if (processingTime) processingTimers.want(id, live.end);
    }
  };

  control.start({
    fireEvent,
    capture: (bytes) => store.capture(bytes),
    writeHeader: (writer) => writer.varint(arrivals.next),
    processing:
      processingTime || trigger.onProcessingTime !== undefined
        ? { at: () => processingTimers.next, fire: fireProcessing }
        : undefined,
  });
  if (header !== undefined) {
    arrivals.next = control.restore(header).varint();
    for (let id = 0; id < keys.limit; id++) {
      const windows = table.get(id) ?? [];
      wantEvent(id, windows);
      wantProcessing(id, windows);
    }
  }
  return keyedInput(control, next);
}

/** When a window is forgotten: in event time as long after its last millisecond as elements may be late. */
function endOfLife(window: unknown, time: 'event' | 'processing' | 'none', allowedLateness: number): number {
  const { end } = window as { readonly end?: unknown };
  if (time === 'none' || typeof end !== 'number') return Number.POSITIVE_INFINITY;
  return time === 'event' ? end - 1 + allowedLateness : end;
}

import type { Clock } from '@sluice/connector-sdk';
import type { TriggerContext } from '../windows/trigger.js';
import type { KeyedControl } from './keyed-operator.js';
import type { TimerQueue } from './timer-queue.js';
import { insertTime, type LiveWindow, removeTime } from './window-live.js';
import { triggerStates } from './window-trigger-state.js';

/** The context that a trigger is given: one object for all calls, about the window that `enter` named last. */
export interface WindowTriggerContext extends TriggerContext<unknown> {
  enter(id: number, live: LiveWindow): this;
}

export function triggerContext(
  control: KeyedControl,
  clock: Clock,
  eventTimers: TimerQueue,
  processingTimers: TimerQueue,
): WindowTriggerContext {
  let id = -1;
  let live: LiveWindow | undefined;
  const current = (): LiveWindow => live as LiveWindow;
  return {
    enter(nextId, nextLive) {
      id = nextId;
      live = nextLive;
      return this;
    },
    get window() {
      return current().window;
    },
    get watermark() {
      return control.watermark;
    },
    get processingTime() {
      return clock.now();
    },
    registerEventTimer(timestamp) {
      if (insertTime(current().eventTimers, timestamp)) eventTimers.want(id, timestamp);
    },
    registerProcessingTimer(timestamp) {
      if (insertTime(current().processingTimers, timestamp)) processingTimers.want(id, timestamp);
    },
    deleteEventTimer(timestamp) {
      removeTime(current().eventTimers, timestamp);
    },
    deleteProcessingTimer(timestamp) {
      removeTime(current().processingTimers, timestamp);
    },
    state: triggerStates(current),
  };
}

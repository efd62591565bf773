import { type Duration, SluiceError } from '@sluice/connector-sdk';
import { planOf } from '../aggregates/plan.js';
import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { onCount } from '../windows/count-trigger.js';
import type { Evictor } from '../windows/evictor.js';
import { evictByCount } from '../windows/evictors.js';
import { purging } from '../windows/purging.js';
import { neverFire, onEventTime, onProcessingTime } from '../windows/time-triggers.js';
import { isEventTimeTrigger, type Trigger } from '../windows/trigger.js';
import { type WindowAssigner, type WindowKind, windowKind } from '../windows/window-assigner.js';
import { millisecondsOf, wrongWindowOption } from '../windows/window-option.js';
import { createAlignedWindows } from './window-aligned.js';
import type { WindowConsumer } from './window-consumer.js';
import { createGeneralWindows, type GeneralWindows } from './window-general.js';
import { lateElements } from './window-late.js';
import { createPaneWindows, type PaneWindows } from './window-panes.js';
import { createSessions } from './window-sessions.js';

/** The options of `windowBy` and `windowAll` that say what their windows do. */
export interface WindowBehaviour<T, W> {
  /** When windows fire; by default at their end. Count windows have their own. */
  readonly trigger?: Trigger<T, W>;
  /** Removes elements when a window fires; nothing is aggregated before then. */
  readonly evictor?: Evictor<T>;
  /** How long after the end of a window of event time its late elements are still taken, each with a new result. */
  readonly allowedLateness?: Duration;
  /** Where elements go that are too late for every window. Without it they are dropped and counted. */
  readonly late?: object;
}

/** Makes the one input of a window operator for all that consume its windows. */
export type CreateWindows = (context: OperatorContext, consumers: readonly WindowConsumer[]) => StreamObserver<unknown>;

/**
 * The window operator, its options checked at once.
 *
 * @param component Who is told about in errors: `windowBy` or `windowAll`.
 * @param keyed False: all elements are of one key, and windows are emitted with the key `undefined`.
 */
export function createWindowOperator<T, W>(
  component: string,
  assigner: WindowAssigner<T, W>,
  options: WindowBehaviour<T, W> = {},
  keyed = true,
): CreateWindows {
  const kind = checkAssigner(component, assigner);
  const allowedLateness = options.allowedLateness === undefined ? 0 : millisecondsOf(options.allowedLateness);
  if (!(allowedLateness >= 0))
    throw wrongWindowOption(component, 'allowedLateness', 'a time from 0', options.allowedLateness);
  checkTrigger(component, kind, options.trigger);
  checkEvictor(component, kind, options.evictor);
  const usual = options.evictor === undefined && isUsualTrigger(options.trigger, assigner.time);
  const plain = usual && assigner.time === 'event';
  const general = generalWindows(kind, assigner as WindowAssigner<unknown, unknown>, options, allowedLateness);

  return (given, consumers) => {
    checkConsumers(kind, consumers);
    const context = keyed ? given : { ...given, inputKey: { key: 0 } };
    const late = lateElements(context, options.late);
    const outputs = keyed ? consumers : consumers.map(withoutKey);
    if (usual && kind.type === 'aligned' && kind.slide < kind.size && consumers.every(mayBePaned)) {
      return createPaneWindows(context, paneWindows(kind, assigner, allowedLateness), late, outputs);
    }
    if (plain && kind.type === 'aligned') {
      return createAlignedWindows(context, { ...kind, allowedLateness }, late, outputs);
    }
    if (plain && kind.type === 'merging') {
      return createSessions(context, { gapOf: kind.gapOf, allowedLateness }, late, outputs);
    }
    return createGeneralWindows(context, general, late, outputs);
  };
}

function generalWindows<T, W>(
  kind: WindowKind,
  assigner: WindowAssigner<unknown, unknown>,
  options: WindowBehaviour<T, W>,
  allowedLateness: number,
): GeneralWindows {
  const common = { merging: kind.type === 'merging', allowedLateness, windowAt: (window: unknown) => window };
  if (kind.type === 'count') {
    const slides = kind.size !== kind.every;
    return {
      ...common,
      assigner: { time: 'none', assign: () => [ALL_OF_A_KEY] },
      trigger: slides ? onCount(kind.every) : purging(onCount(kind.every)),
      evictor: slides ? evictByCount(kind.size) : (options.evictor as Evictor<never> | undefined),
      windowAt: (_window, firing) => ({ index: firing }),
    };
  }
  const trigger = options.trigger ?? defaultTrigger(assigner.time);
  return {
    ...common,
    assigner,
    trigger: trigger as Trigger<unknown>,
    evictor: options.evictor as Evictor<never> | undefined,
  };
}

/** Windows that elements are counted in: there is one at a time, and consumers see its number. */
const ALL_OF_A_KEY = {};

function defaultTrigger(time: WindowAssigner<unknown, unknown>['time']): Trigger<unknown> {
  if (time === 'event') return onEventTime();
  return time === 'processing' ? onProcessingTime() : neverFire();
}

function isUsualTrigger(trigger: object | undefined, time: WindowAssigner<unknown, unknown>['time']): boolean {
  if (trigger === undefined) return true;
  return time === 'event' ? isEventTimeTrigger(trigger) : trigger === onProcessingTime();
}

function paneWindows<T, W>(
  kind: Pick<PaneWindows, 'size' | 'slide' | 'offset'>,
  { time }: WindowAssigner<T, W>,
  allowedLateness: number,
): PaneWindows {
  // By the clock nothing is late.
  return time === 'processing'
    ? { ...kind, time: 'processing', allowedLateness: 0 }
    : { ...kind, time: 'event', allowedLateness };
}

/** Windows that share their elements' sums: what comes out does not depend on how elements were put together. */
function mayBePaned({ aggregate }: WindowConsumer): boolean {
  return aggregate !== undefined && planOf(aggregate).anyOrder === true;
}

function withoutKey({ aggregate, out }: WindowConsumer): WindowConsumer {
  const emit = out.next as (value: object, timestamp: number) => void;
  const next = (result: object, timestamp: number): void => emit({ ...result, key: undefined }, timestamp);
  return { aggregate, out: { ...out, next: next as (value: never, timestamp: number) => void } };
}

function checkAssigner(component: string, assigner: unknown): WindowKind {
  const { time, assign } = (assigner ?? {}) as Partial<WindowAssigner<unknown, unknown>>;
  if (typeof assign !== 'function' || (time !== 'event' && time !== 'processing' && time !== 'none')) {
    throw wrongWindowOption(component, 'assigner', 'a window assigner, such as tumbling(...)', assigner);
  }
  return windowKind(assigner as object);
}

function checkTrigger(component: string, kind: WindowKind, trigger: Trigger<never, never> | undefined): void {
  if (trigger === undefined) return;
  if (typeof trigger.onElement !== 'function') throw wrongWindowOption(component, 'trigger', 'a trigger', trigger);
  if (kind.type === 'count') {
    throw wrongWindowOption(
      component,
      'trigger',
      'left out for count windows, or globalWindow() to be used',
      'a trigger',
    );
  }
  if (kind.type === 'merging' && trigger.onMerge === undefined) {
    throw wrongWindowOption(component, 'trigger', 'one with `onMerge`, since sessions merge', 'one without');
  }
}

function checkEvictor(component: string, kind: WindowKind, evictor: Evictor<never> | undefined): void {
  if (evictor === undefined) return;
  if (typeof evictor.keep !== 'function' || (evictor.when !== 'before' && evictor.when !== 'after')) {
    throw wrongWindowOption(component, 'evictor', "an evictor with `keep` and `when`: 'before' or 'after'", evictor);
  }
  if (kind.type === 'count' && kind.size !== kind.every) {
    throw wrongWindowOption(component, 'evictor', 'left out: sliding count windows have their own', 'an evictor');
  }
}

function checkConsumers(kind: WindowKind, consumers: readonly WindowConsumer[]): void {
  const merges = ({ aggregate }: WindowConsumer): boolean => aggregate === undefined || planOf(aggregate).mergeable;
  if (kind.type !== 'merging' || consumers.every(merges)) return;
  throw new SluiceError({
    code: 'SLUICE_AGGREGATE_MERGE',
    component: 'aggregate',
    expected: 'an aggregate that can merge, since sessions merge',
    actual: 'one without `merge`',
    remedy: 'give foldOf a third parameter that merges two accumulators',
  });
}

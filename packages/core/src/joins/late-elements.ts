import { SluiceError } from '@sluice/connector-sdk';
import type { OperatorContext } from '../stream/operator.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';

/** Where elements of a join go that are too late to be joined. */
export interface LateSides<L, R> {
  readonly left?: SideTarget<L>;
  readonly right?: SideTarget<R>;
}

/** Takes an element below the watermark, or one without a timestamp, which is refused. */
export type RefuseLate = (value: unknown, timestamp: number) => void;

/** To the side output, or to the metric of dropped elements. */
export function refuseLate(context: OperatorContext, target: object | undefined): RefuseLate {
  const send = target === undefined ? countDropped(context) : context.sideOutput(target);
  return (value, timestamp) => {
    if (Number.isNaN(timestamp)) throw noTimestamp(context.name);
    send(value, timestamp);
  };
}

/** The side outputs among the options of a join. */
export function lateTargets(late: LateSides<never, never> = {}): { readonly left?: object; readonly right?: object } {
  const { left, right } = late;
  return { ...(left && { left: targetOf(left) }), ...(right && { right: targetOf(right) }) };
}

function countDropped(context: OperatorContext): RefuseLate {
  const dropped = context.metrics.counter(
    'late_elements_dropped',
    'Elements too late to be joined, with no late output',
  );
  return () => dropped.add();
}

function noTimestamp(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NO_TIMESTAMPS',
    component,
    expected: 'elements with timestamps on both sides, for a join by event time',
    actual: 'an element without one',
    remedy: 'put withTimestamps(...) before keyBy on both sides',
  });
}

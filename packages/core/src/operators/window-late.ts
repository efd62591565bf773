import { SluiceError } from '@sluice/connector-sdk';
import type { OperatorContext } from '../stream/operator.js';

/** Where elements go that are too late for every window. */
export type LateElements = (value: unknown, timestamp: number) => void;

/** To the side output, or to the metric of dropped elements. */
export function lateElements(context: OperatorContext, target: object | undefined): LateElements {
  if (target !== undefined) return context.sideOutput(target);
  const dropped = context.metrics.counter(
    'late_elements_dropped',
    'Elements too late for every window, with no late output',
  );
  return () => dropped.add();
}

export function noTimestamps(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NO_TIMESTAMPS',
    component,
    expected: 'elements with timestamps, for windows of event time',
    actual: 'an element without one',
    remedy: "put withTimestamps(...) before keyBy, or use windows of processing time: { time: 'processing' }",
  });
}

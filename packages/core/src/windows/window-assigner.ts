/**
 * Says which windows an element belongs to.
 *
 * One of your own: windows are plain data; those of event or processing time have an `end` (their last millisecond is `end − 1`), those
 * without one never end. Two windows with equal contents are one.
 *
 * @example
 * const [SIX_PM, HALF_A_DAY, DAY] = [18 * 3_600_000, 12 * 3_600_000, 24 * 3_600_000];
 * const nightShift: WindowAssigner<unknown, TimeWindow> = {
 *   time: 'event',
 *   assign(_value, timestamp) {
 *     const start = Math.floor((timestamp - SIX_PM) / DAY) * DAY + SIX_PM;
 *     return timestamp < start + HALF_A_DAY ? [{ start, end: start + HALF_A_DAY }] : [];
 *   },
 * };
 */
export interface WindowAssigner<in T, W> {
  /** The clock of the windows; `none` for windows that no clock ends. */
  readonly time: 'event' | 'processing' | 'none';
  /** `timestamp` is the element's in event time, the clock's in processing time. */
  assign(value: T, timestamp: number): Iterable<W>;
}

/** Which time windows go by; event time by default. */
export interface WindowTime {
  readonly time?: 'event' | 'processing';
}

/** What the operator knows of the assigners of this package, so that it need not ask them for each element. */
export type WindowKind =
  /** `[start, start + size)` for each start ≡ offset modulo slide that the timestamp is in. */
  | { readonly type: 'aligned'; readonly size: number; readonly slide: number; readonly offset: number }
  /** Windows `[timestamp, timestamp + gap)` that touch become one. */
  | { readonly type: 'merging'; readonly gapOf: number | ((value: never) => number) }
  /** The last `size` elements, after each `every`. */
  | { readonly type: 'count'; readonly size: number; readonly every: number }
  | { readonly type: 'global' }
  | { readonly type: 'custom' };

const KIND = '~windows';
const CUSTOM: WindowKind = { type: 'custom' };

export function windowKind(assigner: object): WindowKind {
  return (assigner as { readonly [KIND]?: WindowKind })[KIND] ?? CUSTOM;
}

/** Makes an assigner of this package. */
export function builtInAssigner<T, W>(
  kind: WindowKind,
  time: WindowAssigner<T, W>['time'],
  assign: (value: T, timestamp: number) => Iterable<W>,
): WindowAssigner<T, W> {
  return { time, assign, [KIND]: kind } as WindowAssigner<T, W>;
}

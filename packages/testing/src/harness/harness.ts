import { type DataStream, type Keyed, keyBy } from '@sluice/core';
import type { Observable } from 'rxjs';
import type { Harness, HarnessOptions } from './harness-contract.js';
import { OperatorHarness, type PipeUnderTest } from './operator-harness.js';

/**
 * Tests operators by hand: feed elements, watermarks, idleness, barriers; let time pass; look at what came out, at state and timers; take
 * a snapshot and go on from it in a new harness. The engine's own operators run, synchronously: no job, no sources, no waiting.
 *
 * @param pipe an operator, or a function of one, two or three streams; they are called once for each harness
 * @param options.keyBy for an operator that takes a keyed stream: the key of an element
 * @param options.start epoch milliseconds at which the clock stands at first; 0 when left out
 * @param options.restore a snapshot to begin from
 * @throws SLUICE_HARNESS for a stream that reads sources of its own or ends in a sink, an input that it does not use, and for a snapshot
 * while elements wait for an operator that is full; what the operators throw, from the call that brought it about
 *
 * @example
 * const h = harness(
 *   processKeyed({
 *     state: { count: valueStateOf(() => 0) },
 *     onElement(_click: { user: string }, { state, timers, timestamp }) {
 *       state.count.set(state.count.get() + 1);
 *       timers.event(timestamp + 1000);
 *     },
 *     onTimer: (_time, { key, state }) => `${key} ${state.count.get()}`,
 *   }),
 *   { keyBy: (click) => click.user },
 * );
 * h.element({ user: 'ann' }, 5);
 * console.log(h.stateOf('ann'), h.timers('event')[0]?.time); // { count: 1 } 1005
 * const again = h.restore(h.snapshot());
 * again.watermark(2000);
 * console.log(again.takeValues()); // [ 'ann 1' ]
 */
export function harness<T, K, R>(
  operator: (input: Observable<Keyed<K, T>>) => Observable<R>,
  options: HarnessOptions & { readonly keyBy: (value: T) => K },
): Harness<readonly [T], R>;
export function harness<T, R>(
  pipe: (input: DataStream<T>) => Observable<R>,
  options?: HarnessOptions,
): Harness<readonly [T], R>;
export function harness<A, B, R>(
  pipe: (first: DataStream<A>, second: DataStream<B>) => Observable<R>,
  options?: HarnessOptions,
): Harness<readonly [A, B], R>;
export function harness<A, B, C, R>(
  pipe: (first: DataStream<A>, second: DataStream<B>, third: DataStream<C>) => Observable<R>,
  options?: HarnessOptions,
): Harness<readonly [A, B, C], R>;
export function harness(
  pipe: (...inputs: never[]) => Observable<unknown>,
  { keyBy: keyOf, ...options }: HarnessOptions & { readonly keyBy?: (value: never) => unknown } = {},
): unknown {
  const keyed = (input: DataStream<never>) => pipe(input.pipe(keyBy(keyOf as (value: never) => string)) as never);
  const parts = keyOf === undefined ? { pipe, count: Math.max(1, pipe.length) } : { pipe: keyed, count: 1 };
  return new OperatorHarness({ ...(parts as PipeUnderTest), options });
}

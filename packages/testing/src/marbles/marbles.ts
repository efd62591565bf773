import type { Clock } from '@sluice/connector-sdk';
import type { DataStream } from '@sluice/core';
import type { Observable, Subscription } from 'rxjs';
import { settle } from '../clock/settle.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { AwaitingClock } from './awaiting-clock.js';
import { nodeIn, watchedTogether } from './engine-streams.js';
import { Expectation } from './expectation.js';
import { MarbleSource } from './marble-source.js';
import { parseMarbles } from './parse-marbles.js';
import { groupBySideOutputs } from './side-output-groups.js';

/** What a marble test works with. */
export interface MarbleHelpers {
  /** A stream of what the diagram says; the timestamp of an element, and of a watermark, is its frame in milliseconds. */
  source<V extends Readonly<Record<string, unknown>>>(
    marbles: string,
    values: V,
    error?: unknown,
  ): DataStream<V[keyof V]>;
  source(marbles: string): DataStream<string>;
  /**
   * Compared when the test function has returned. W, B and I are only looked at when the expectation has one of them. A side output is
   * expected beside the stream whose operator fills it.
   */
  expectStream<T>(stream: Observable<T>): { toBe(marbles: string, values?: Readonly<Record<string, T>>): void };
  /** The only time there is. Sleep on it in `asyncMap` to make an answer take virtual time. */
  readonly clock: Clock;
}

/**
 * Tests streams against marble diagrams, under a virtual clock that drives processing time as well.
 *
 * Each character is a millisecond: `a`-`z` and `0`-`9` are values, `W` a watermark of this frame, `B` a barrier, `I` idleness, `|` the
 * end, `#` an error, `-` nothing; `(` `)` put several into one frame; `5s` between spaces lets time pass. What the clock makes due at a
 * frame comes before what the sources give there. Time stands still while an operator waits for a promise, unless that sleeps on
 * `clock`.
 *
 * @throws SLUICE_MARBLES for a diagram that cannot be read; SLUICE_MARBLES_DIFFER with both timelines when a stream is not what was
 * expected
 *
 * @example
 * await marbles(({ source, expectStream }) => {
 *   const clicks$ = source('a-a 59997ms W|', { a: { user: 'ann' } });
 *   const counts$ = clicks$.pipe(keyBy((c) => c.user), windowBy(tumbling('1m')), aggregate(countOf()), map((r) => r.value));
 *   expectStream(counts$).toBe('1m x|', { x: 2 });
 * });
 */
export async function marbles(test: (helpers: MarbleHelpers) => void): Promise<void> {
  const clock = new AwaitingClock(new VirtualClock());
  const sources: MarbleSource[] = [];
  const expectations: Expectation[] = [];
  test({
    clock: clock.user,
    source(diagram: string, values?: Readonly<Record<string, unknown>>, error: unknown = 'error') {
      const source = new MarbleSource(clock.engine, parseMarbles(diagram), lookUp(values), error);
      sources.push(source);
      return source.stream as DataStream<never>;
    },
    expectStream: (stream) => ({
      toBe: (diagram, values) =>
        void expectations.push(new Expectation(stream, diagram, parseMarbles(diagram), lookUp(values))),
    }),
  });
  const subscriptions = groupBySideOutputs(expectations).map((group) => subscribe(group, clock.engine));
  await play(clock, sources, Math.max(0, ...expectations.map(({ end }) => end)));
  for (const subscription of subscriptions) subscription.unsubscribe();
  await settle();
  for (const expectation of expectations) expectation.verify();
}

/** Streams in one run. A plain Observable is a group of its own. */
function subscribe(group: readonly Expectation[], clock: Clock): Subscription {
  const [only] = group;
  const streams = group.flatMap((one) => {
    const node = nodeIn(one.stream);
    return node === undefined ? [] : [{ node, watcher: one.watcher(clock) }];
  });
  if (streams.length === 0 && only !== undefined) return only.stream.subscribe(only.observer(clock));
  return watchedTogether(streams).subscribe({
    error: (error) => {
      for (const one of group) one.failed(clock, error);
    },
  });
}

/** A symbol without a value of its own stands for itself. */
function lookUp(values: Readonly<Record<string, unknown>> | undefined): (symbol: string) => unknown {
  return (symbol) => (values !== undefined && Object.hasOwn(values, symbol) ? values[symbol] : symbol);
}

/** Frame by frame, as far as there is something to give or something may still be expected. */
async function play(clock: AwaitingClock, sources: readonly MarbleSource[], end: number): Promise<void> {
  const due = sources
    .flatMap((source) => source.parsed.marbles.map((marble) => ({ source, marble })))
    .sort((one, other) => one.marble.frame - other.marble.frame);
  await clock.rest();
  for (const { source, marble } of due) {
    await passTo(clock, marble.frame);
    source.emit(marble);
    await clock.rest();
  }
  await passTo(clock, Math.max(end, clock.time.now()));
}

async function passTo(clock: AwaitingClock, frame: number): Promise<void> {
  const { time } = clock;
  while (time.next <= frame) {
    time.fireNext();
    await clock.rest();
  }
  time.goTo(frame);
}

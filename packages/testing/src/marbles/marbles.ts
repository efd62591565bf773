import type { DataStream } from '@sluice/core';
import type { Observable } from 'rxjs';
import { settle } from '../clock/settle.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { Expectation } from './expectation.js';
import { MarbleSource } from './marble-source.js';
import { parseMarbles } from './parse-marbles.js';

/** What a marble test works with. */
export interface MarbleHelpers {
  /** A stream of what the diagram says; the timestamp of an element, and of a watermark, is its frame in milliseconds. */
  source<V extends Readonly<Record<string, unknown>>>(
    marbles: string,
    values: V,
    error?: unknown,
  ): DataStream<V[keyof V]>;
  source(marbles: string): DataStream<string>;
  /** Compared when the test function has returned. W, B and I are only looked at when the expectation has one of them. */
  expectStream<T>(stream: Observable<T>): { toBe(marbles: string, values?: Readonly<Record<string, T>>): void };
}

/**
 * Tests streams against marble diagrams, under a virtual clock that drives processing time as well.
 *
 * Each character is a millisecond: `a`-`z` and `0`-`9` are values, `W` a watermark of this frame, `B` a barrier, `I` idleness, `|` the
 * end, `#` an error, `-` nothing; `(` `)` put several into one frame; `5s` between spaces lets time pass. What the clock makes due at a
 * frame comes before what the sources give there.
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
  const clock = new VirtualClock();
  const sources: MarbleSource[] = [];
  const expectations: Expectation[] = [];
  test({
    source(diagram: string, values?: Readonly<Record<string, unknown>>, error: unknown = 'error') {
      const source = new MarbleSource(clock, parseMarbles(diagram), lookUp(values), error);
      sources.push(source);
      return source.stream as DataStream<never>;
    },
    expectStream: (stream) => ({
      toBe: (diagram, values) =>
        void expectations.push(new Expectation(stream, diagram, parseMarbles(diagram), lookUp(values))),
    }),
  });
  for (const expectation of expectations) expectation.subscribe(clock);
  await play(clock, sources, Math.max(0, ...expectations.map(({ end }) => end)));
  for (const expectation of expectations) expectation.unsubscribe();
  await settle();
  for (const expectation of expectations) expectation.verify();
}

/** A symbol without a value of its own stands for itself. */
function lookUp(values: Readonly<Record<string, unknown>> | undefined): (symbol: string) => unknown {
  return (symbol) => (values !== undefined && Object.hasOwn(values, symbol) ? values[symbol] : symbol);
}

/** Frame by frame, as far as there is something to give or something may still be expected. */
async function play(clock: VirtualClock, sources: readonly MarbleSource[], end: number): Promise<void> {
  const due = sources
    .flatMap((source) => source.parsed.marbles.map((marble) => ({ source, marble })))
    .sort((one, other) => one.marble.frame - other.marble.frame);
  await rest();
  for (const { source, marble } of due) {
    await passTo(clock, marble.frame);
    source.emit(marble);
    await rest();
  }
  await passTo(clock, Math.max(end, clock.now()));
}

async function passTo(clock: VirtualClock, frame: number): Promise<void> {
  while (clock.next <= frame) {
    clock.fireNext();
    await rest();
  }
  clock.goTo(frame);
}

/** A loop that has been woken takes a turn, pauses, and takes another. */
async function rest(): Promise<void> {
  await settle();
  await settle();
  await settle();
}

import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { openJoin } from '../../../../test/oracle/join-bench.js';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import {
  arraySource,
  fromSource,
  globalWindow,
  keyBy,
  monotonousTimestamps,
  session,
  sliding,
  type TimeWindow,
  tumbling,
  tumblingCount,
  type WindowAssigner,
  withTimestamps,
} from '../index.js';
import type { StreamObserver } from '../stream/element.js';
import { joinCall, type Project } from './join-context.js';
import { createJoinedWindows } from './joined-windows.js';
import { emitPairs, windowJoin } from './window-join.js';

const project: Project = (left, right, { key, window }) => {
  const { start, end } = window as TimeWindow;
  return `${key} ${start}-${end} ${left}+${right}`;
};

function open(window: WindowAssigner<unknown, TimeWindow>, left = false, right = false, bench = new OperatorBench()) {
  const emit = (out: StreamObserver<never>) =>
    emitPairs(project, out.next as (value: unknown, timestamp: number) => void, joinCall(), left, right);
  return openJoin(createJoinedWindows('windowJoin', window, emit), bench);
}

const keyed = (items: readonly { readonly id: string; readonly at: number }[]) =>
  fromSource(arraySource(items)).pipe(
    withTimestamps((item) => item.at, monotonousTimestamps()),
    keyBy((item) => item.id),
  );

describe('windowJoin', () => {
  it('does nothing without input, and ends', () => {
    const { bench, left, right, advance } = open(tumbling(10));
    advance(Number.POSITIVE_INFINITY);
    left.complete();
    right.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
  });

  it('pairs each left element of a window with each right one, at its end', () => {
    const { bench, give, advance } = open(tumbling(10));
    give('left', 'a', 'l', 1);
    give('right', 'a', 'r', 9);
    give('right', 'a', 's', 3);
    give('right', 'b', 'x', 3);
    give('left', 'a', 'late in the next', 10);
    advance(8);
    expect(bench.takeValues()).toEqual([]);
    advance(9);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a 0-10 l+r', timestamp: 9 },
      { type: 'next', value: 'a 0-10 l+s', timestamp: 9 },
      { type: 'watermark', timestamp: 9 },
    ]);
  });

  it('emits what stands alone in a window as the kind asks', () => {
    const { bench, give, advance } = open(tumbling(10), true, true);
    give('left', 'a', 'l', 1);
    give('right', 'b', 'r', 1);
    advance(9);
    expect(bench.takeValues()).toEqual([
      ['a 0-10 l+undefined', 9],
      ['b 0-10 undefined+r', 9],
    ]);
  });

  it('pairs once for each sliding window', () => {
    const { bench, give, advance } = open(sliding(10, 5));
    give('left', 'a', 'l', 6);
    give('right', 'a', 'r', 12);
    advance(100);
    expect(bench.takeValues()).toEqual([['a 5-15 l+r', 14]]);
  });

  it('makes sessions of the elements of both sides', () => {
    const { bench, give, advance } = open(session(5));
    give('left', 'a', 'l', 0);
    give('left', 'a', 'm', 8);
    give('right', 'a', 'r', 4);
    advance(100);
    expect(bench.takeValues()).toEqual([
      ['a 0-13 l+r', 12],
      ['a 0-13 m+r', 12],
    ]);
  });

  it('goes by the clock where the window does', () => {
    const { bench, give } = open(tumbling(10, { time: 'processing' }));
    give('left', 'a', 'l', Number.NaN);
    bench.advanceClock(5);
    give('right', 'a', 'r', Number.NaN);
    bench.advanceClock(10);
    expect(bench.takeValues()).toEqual([['a 0-10 l+r', 9]]);
  });

  it('drops and counts late elements, and refuses those without a timestamp', () => {
    const { bench, give, advance } = open(tumbling(10));
    advance(9);
    give('left', 'a', 'l', 5);
    give('right', 'a', 'r', 5);
    advance(100);
    expect(bench.takeValues()).toEqual([]);
    expect(bench.counters.get('late_elements_dropped')).toBe(2);
    expect(() => give('left', 'a', 'l', Number.NaN)).toThrow('SLUICE_NO_TIMESTAMPS');
  });

  it('keeps windows and the watermarks of both sides in its checkpoint', () => {
    const before = open(tumbling(10));
    before.give('left', 'a', 'l', 15);
    before.left.watermark(30);
    before.right.watermark(12);
    const after = open(tumbling(10), false, false, new OperatorBench({ restored: before.snapshot() }));
    after.give('right', 'a', 'r', 16);
    after.give('right', 'a', 'late', 9);
    after.right.watermark(19);
    expect(after.bench.take()).toEqual([
      { type: 'next', value: 'a 10-20 l+r', timestamp: 19 },
      { type: 'watermark', timestamp: 19 },
    ]);
  });

  it('keeps its state flat over a long run', () => {
    const { bench, snapshot, give, advance } = open(tumbling(10), true, true);
    const sizes: number[] = [];
    for (let at = 0; at < 100_000; at++) {
      give(at % 2 === 0 ? 'left' : 'right', at % 7, `${at % 10}`, at);
      if (at % 10 === 9) advance(at - 5);
      if (at % 20_000 === 19_999) {
        sizes.push(snapshot().length);
        bench.take();
      }
    }
    expect(Math.max(...sizes)).toBeLessThan(Math.min(...sizes) * 1.5);
    expect(Math.max(...sizes)).toBeLessThan(2_000);
  });

  it('joins a stream with itself, in place', async () => {
    const items$ = keyed([
      { id: 'a', at: 1 },
      { id: 'b', at: 2 },
      { id: 'a', at: 3 },
    ]);
    const joined$ = items$.pipe(windowJoin(items$, { window: tumbling(10) }, (one, other) => `${one.at}${other.at}`));
    expect(await lastValueFrom(joined$.pipe(toArray()))).toEqual(['11', '13', '31', '33', '22']);
  });

  it('refuses options that cannot be', () => {
    const items$ = keyed([]);
    const join = (options: unknown) => () => windowJoin(items$, options as { window: never }, () => 0);
    expect(join(undefined)).toThrow('SLUICE_OPTION');
    expect(join({})).toThrow(/window.*an assigner|windowJoin.*window assigner/);
    expect(join({ window: globalWindow() })).toThrow('SLUICE_WINDOW_OPTION');
    expect(join({ window: tumblingCount(3) })).toThrow(/windows that a clock ends/);
    expect(join({ window: tumbling(10), kind: 'both' })).toThrow(/kind.*both/);
    expect(() => windowJoin(items$, { window: tumbling(10) }, 3 as never)).toThrow(/project.*a function/);
  });
});

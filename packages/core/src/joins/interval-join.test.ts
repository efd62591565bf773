import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type JoinBench, openJoin } from '../../../../test/oracle/join-bench.js';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { arraySource, fromSource, keyBy, monotonousTimestamps, values, withTimestamps } from '../index.js';
import { intervalJoin } from './interval-join.js';
import { createIntervalJoin, type IntervalJoin } from './interval-operator.js';

const NOT_OUTER = { left: false, right: false };

function open(options: Partial<IntervalJoin> = {}, bench = new OperatorBench()): JoinBench {
  const create = createIntervalJoin({
    low: -10,
    high: 5,
    outer: NOT_OUTER,
    late: {},
    project: (one, other, { key }) => `${key}:${one}+${other}`,
    ...options,
  });
  return openJoin(create, bench);
}

describe('intervalJoin', () => {
  it('does nothing without input, and ends', () => {
    const { bench, left, right, advance } = open();
    expect(bench.take()).toEqual([]);
    advance(Number.POSITIVE_INFINITY);
    left.complete();
    right.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
  });

  it('emits each pair at once, both bounds included, with the higher timestamp', () => {
    const { bench, give } = open();
    give('left', 'a', 'l', 100);
    expect(bench.take()).toEqual([]);
    for (const timestamp of [89, 90, 105, 106]) give('right', 'a', `${timestamp}`, timestamp);
    expect(bench.takeValues()).toEqual([
      ['a:l+90', 100],
      ['a:l+105', 105],
    ]);
    give('left', 'a', 'm', 100);
    expect(bench.takeValues()).toEqual([
      ['a:m+90', 100],
      ['a:m+105', 105],
    ]);
  });

  it('joins within a key alone, a composite one too', () => {
    const { bench, give } = open();
    give('left', ['x', 1], 'l', 100);
    give('right', ['x', 2], 'r', 100);
    give('right', ['x', 1], 's', 100);
    expect(bench.takeValues()).toEqual([['x,1:l+s', 100]]);
  });

  it('emits what has had no partner when the watermark says that there will be none', () => {
    const { bench, give, advance } = open({ outer: { left: true, right: true } });
    give('left', 'a', 'l', 100);
    give('right', 'b', 'r', 100);
    give('left', 'c', 'm', 100);
    give('right', 'c', 's', 100);
    expect(bench.takeValues()).toEqual([['c:m+s', 100]]);
    advance(104);
    expect(bench.takeValues()).toEqual([]);
    advance(105);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a:l+undefined', timestamp: 105 },
      { type: 'watermark', timestamp: 105 },
    ]);
    advance(110);
    expect(bench.takeValues()).toEqual([['b:undefined+r', 110]]);
  });

  it('emits at once what comes when all its partners would be late', () => {
    const { bench, give, advance } = open({ low: -10, high: -5, outer: { left: true, right: false } });
    give('right', 'a', 'r', 92);
    advance(96);
    give('left', 'a', 'l', 100);
    give('left', 'b', 'm', 100);
    expect(bench.takeValues()).toEqual([
      ['a:l+r', 100],
      ['b:m+undefined', 100],
    ]);
  });

  it('drops and counts elements below the watermark, or sends them to the side outputs', () => {
    const counting = open();
    counting.advance(50);
    counting.give('left', 'a', 'l', 49);
    counting.give('right', 'a', 'r', 49);
    expect(counting.bench.takeValues()).toEqual([]);
    expect(counting.bench.counters.get('late_elements_dropped')).toBe(2);
    const late = { left: {}, right: {} };
    const { bench, give, advance } = open({ late });
    advance(50);
    bench.take();
    give('left', 'a', 'l', 49);
    give('right', 'a', 'r', 48);
    expect(bench.take()).toEqual([
      { type: 'side', target: late.left, value: 'l', timestamp: 49 },
      { type: 'side', target: late.right, value: 'r', timestamp: 48 },
    ]);
  });

  it('refuses an element without a timestamp', () => {
    const { give } = open();
    expect(() => give('left', 'a', 'l', Number.NaN)).toThrow('SLUICE_NO_TIMESTAMPS');
    expect(() => give('right', 'a', 'r', Number.NaN)).toThrow('SLUICE_NO_TIMESTAMPS');
  });

  it('keeps an element exactly as long as a partner can come', () => {
    const { snapshot, give, advance } = open();
    const size = (): number => snapshot().length;
    const empty = size();
    give('left', 'a', 'l', 100);
    give('right', 'b', 'r', 100);
    const both = size();
    advance(104);
    expect(size()).toBe(both);
    advance(105);
    const one = size();
    expect(one).toBeLessThan(both);
    advance(109);
    expect(size()).toBe(one);
    advance(110);
    expect(size()).toBe(empty);
  });

  it('keeps its state flat over a long run', () => {
    const { bench, snapshot, give, advance } = open({ outer: { left: true, right: true } });
    const sizes: number[] = [];
    for (let at = 0; at < 100_000; at++) {
      give(at % 3 === 0 ? 'left' : 'right', at % 7, `${at % 10}`, at + ((at * 7919) % 5));
      if (at % 10 === 9) advance(at - 5);
      if (at % 20_000 === 19_999) {
        sizes.push(snapshot().length);
        bench.take();
      }
    }
    expect(Math.max(...sizes)).toBeLessThan(Math.min(...sizes) * 1.5);
    expect(Math.max(...sizes)).toBeLessThan(2_000);
  });

  it('goes on with more after the end of its input', () => {
    const before = open();
    before.give('left', 'a', 'l', 100);
    before.advance(50);
    before.advance(Number.POSITIVE_INFINITY);
    const restored = before.snapshot();
    const after = open({}, new OperatorBench({ restored }));
    after.give('right', 'a', 'r', 101);
    expect(after.bench.takeValues()).toEqual([['a:l+r', 101]]);
  });

  it('takes no element between two barriers of one wave', () => {
    const { left, give } = open();
    left.barrier({ checkpoint: 1, capture() {}, prepare() {} });
    expect(() => give('right', 'a', 'r', 1)).toThrow('SLUICE_BARRIER');
  });

  it('refuses options that cannot be', () => {
    const keyed$ = fromSource(arraySource([{ id: 'a', at: 1 }])).pipe(
      withTimestamps((item) => item.at, monotonousTimestamps()),
      keyBy((item) => item.id),
    );
    const project = () => 0;
    expect(() => intervalJoin(keyed$, { within: ['1s', '-1s'] }, project)).toThrow(/within.*\[1s, -1s\]/);
    expect(() => intervalJoin(keyed$, { within: ['1s'] as never }, project)).toThrow('SLUICE_OPTION');
    expect(() => intervalJoin(keyed$, { within: ['1 s' as never, '2s'] }, project)).toThrow('SLUICE_OPTION');
    expect(() => intervalJoin(keyed$, { within: [0, 1], kind: 'outer' as never }, project)).toThrow(/kind.*outer/);
    expect(() => intervalJoin(keyed$, undefined as never, project)).toThrow('SLUICE_OPTION');
    expect(() => intervalJoin(keyed$, { within: [0, 1] }, undefined as never)).toThrow(/project.*a function/);
    const join = (right: unknown) => () =>
      keyed$.pipe(intervalJoin(right as typeof keyed$, { within: [0, 1] }, project));
    expect(join(undefined)).toThrow('SLUICE_NOT_KEYED');
    expect(join(keyed$.pipe(values()))).toThrow(/right.*SLUICE_NOT_KEYED/);
  });

  it('needs event time on both sides', async () => {
    const timed$ = fromSource(arraySource(['a'])).pipe(
      withTimestamps(() => 1, monotonousTimestamps()),
      keyBy((item) => item),
    );
    const untimed$ = fromSource(arraySource(['a'])).pipe(keyBy((item) => item));
    const joined$ = timed$.pipe(intervalJoin(untimed$, { within: [0, 1] }, () => 0));
    await expect(lastValueFrom(joined$)).rejects.toMatchObject({ code: 'SLUICE_NO_TIMESTAMPS' });
  });
});

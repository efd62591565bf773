import { describe, expect, it } from 'vitest';
import { type JoinBench, openJoin } from '../../../../test/oracle/join-bench.js';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { arraySource, fromSource, keyBy, type Ttl } from '../index.js';
import { checkTtl } from '../state/ttl.js';
import { asOfJoin } from './as-of-join.js';
import { type AsOfJoin, createAsOfJoin } from './as-of-operator.js';

interface Options extends Partial<Omit<AsOfJoin, 'ttl'>> {
  readonly ttl?: Ttl;
}

function open(
  { ttl = { after: 1_000, time: 'event' }, ...options }: Options = {},
  bench = new OperatorBench(),
): JoinBench {
  const create = createAsOfJoin({
    tolerance: Number.POSITIVE_INFINITY,
    ttl: checkTtl('asOfJoin', ttl),
    late: {},
    project: (left, right, { key }) => `${key}:${left}+${right}`,
    ...options,
  });
  return openJoin(create, bench);
}

describe('asOfJoin', () => {
  it('does nothing without input, and ends', () => {
    const { bench, left, right, advance } = open();
    advance(Number.POSITIVE_INFINITY);
    left.complete();
    right.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
  });

  it('waits for the watermark and gives the latest right element at or before the left one', () => {
    const { bench, give, advance } = open();
    give('right', 'a', 'r1', 10);
    give('left', 'a', 'l20', 20);
    give('left', 'a', 'l5', 5);
    give('right', 'a', 'r21', 21);
    give('right', 'a', 'r20', 20);
    give('left', 'b', 'm', 20);
    advance(19);
    expect(bench.takeValues()).toEqual([['a:l5+undefined', 5]]);
    advance(20);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a:l20+r20', timestamp: 20 },
      { type: 'next', value: 'b:m+undefined', timestamp: 20 },
      { type: 'watermark', timestamp: 20 },
    ]);
  });

  it('takes the last to come of right elements with one timestamp', () => {
    const { bench, give, advance } = open();
    for (const value of ['r', 's', 't']) give('right', 'a', value, 10);
    give('left', 'a', 'l', 12);
    advance(12);
    expect(bench.takeValues()).toEqual([['a:l+t', 12]]);
  });

  it('sees nothing that is older than the tolerance', () => {
    const { bench, give, advance } = open({ tolerance: 5 });
    give('right', 'a', 'r', 10);
    give('left', 'a', 'l15', 15);
    give('left', 'a', 'l16', 16);
    advance(20);
    expect(bench.takeValues()).toEqual([
      ['a:l15+r', 15],
      ['a:l16+undefined', 16],
    ]);
  });

  it('takes up a right element below the watermark that is newer than what it keeps', () => {
    const { bench, give, advance } = open();
    give('right', 'a', 'r10', 10);
    advance(100);
    give('right', 'a', 'r50', 50);
    give('right', 'a', 'r40', 40);
    give('left', 'a', 'l', 120);
    give('left', 'a', 'late', 99);
    advance(120);
    expect(bench.takeValues()).toEqual([['a:l+r50', 120]]);
    expect(bench.counters.get('late_elements_dropped')).toBe(2);
  });

  it('sends what is late to the side outputs', () => {
    const late = { left: {}, right: {} };
    const { bench, give, advance } = open({ late });
    give('right', 'a', 'r', 60);
    advance(100);
    bench.take();
    give('left', 'a', 'l', 99);
    give('right', 'a', 's', 50);
    expect(bench.take()).toEqual([
      { type: 'side', target: late.left, value: 'l', timestamp: 99 },
      { type: 'side', target: late.right, value: 's', timestamp: 50 },
    ]);
  });

  it('refuses an element without a timestamp', () => {
    const { give } = open();
    expect(() => give('left', 'a', 'l', Number.NaN)).toThrow('SLUICE_NO_TIMESTAMPS');
    expect(() => give('right', 'a', 'r', Number.NaN)).toThrow('SLUICE_NO_TIMESTAMPS');
  });

  it('keeps the newest right element at or below the watermark until its ttl is over', () => {
    const { snapshot, give, advance } = open({ ttl: { after: 50, time: 'event' } });
    const size = (): number => snapshot().length;
    const empty = size();
    give('right', 'a', 'r', 10);
    const one = size();
    give('right', 'a', 's', 20);
    expect(size()).toBeGreaterThan(one);
    advance(20);
    expect(size()).toBe(one);
    advance(69);
    expect(size()).toBe(one);
    advance(70);
    expect(size()).toBe(empty);
  });

  it('by event time shows a right element for its ttl, however far the watermark goes at once', () => {
    const { bench, give, advance } = open({ ttl: { after: 50, time: 'event' } });
    give('right', 'a', 'r', 10);
    for (const timestamp of [59, 60]) give('left', 'a', timestamp, timestamp);
    advance(Number.POSITIVE_INFINITY);
    expect(bench.takeValues()).toEqual([
      ['a:59+r', 59],
      ['a:60+undefined', 60],
    ]);
  });

  it('by the clock frees and hides what has not been written for the ttl', () => {
    const { bench, snapshot, give, advance } = open({ ttl: 100 });
    const empty = snapshot().length;
    give('right', 'a', 'r', 10);
    give('left', 'a', 'l', 20);
    bench.now = 99;
    advance(20);
    expect(bench.takeValues()).toEqual([['a:l+r', 20]]);
    give('left', 'a', 'm', 30);
    bench.now = 100;
    advance(30);
    expect(bench.takeValues()).toEqual([['a:m+undefined', 30]]);
    expect(snapshot().length).toBeGreaterThan(empty);
    bench.advanceClock(101);
    expect(snapshot().length).toBe(empty);
  });

  it('counts the ttl from the last match when told so', () => {
    const { bench, give, advance } = open({ ttl: { after: 100, refresh: 'readAndWrite' } });
    give('right', 'a', 'r', 10);
    for (const [now, timestamp] of [
      [90, 20],
      [180, 30],
      [290, 40],
    ] as const) {
      bench.advanceClock(now);
      give('left', 'a', timestamp, timestamp);
      advance(timestamp);
    }
    expect(bench.takeValues()).toEqual([
      ['a:20+r', 20],
      ['a:30+r', 30],
      ['a:40+undefined', 40],
    ]);
  });

  it('shows what has expired until it is cleaned when told so', () => {
    const { bench, give, advance } = open({ ttl: { after: 100, expired: 'untilCleaned' } });
    give('right', 'a', 'r', 10);
    give('left', 'a', 'l', 20);
    bench.now = 500;
    advance(20);
    expect(bench.takeValues()).toEqual([['a:l+r', 20]]);
  });

  it('keeps both sides and their watermarks in its checkpoint', () => {
    const before = open();
    before.give('right', 'a', 'r', 10);
    before.give('left', 'a', 'l', 20);
    before.left.watermark(50);
    before.right.watermark(15);
    const after = open({}, new OperatorBench({ restored: before.snapshot() }));
    after.give('right', 'a', 's', 18);
    after.right.watermark(20);
    expect(after.bench.take()).toEqual([
      { type: 'next', value: 'a:l+s', timestamp: 20 },
      { type: 'watermark', timestamp: 20 },
    ]);
  });

  it('reads state that was kept by the other clock', () => {
    const before = open({ ttl: { after: 100, time: 'event' } });
    before.give('right', 'a', 'r', 10);
    const after = open({ ttl: 100 }, new OperatorBench({ restored: before.snapshot(), now: 5_000 }));
    after.give('left', 'a', 'l', 20);
    after.advance(20);
    expect(after.bench.takeValues()).toEqual([['a:l+r', 20]]);
    const back = open({ ttl: { after: 100, time: 'event' } }, new OperatorBench({ restored: after.snapshot() }));
    back.give('left', 'a', 'm', 109);
    back.give('left', 'a', 'n', 110);
    back.advance(110);
    expect(back.bench.takeValues()).toEqual([
      ['a:m+r', 109],
      ['a:n+undefined', 110],
    ]);
  });

  it('goes on with more after the end of its input', () => {
    const before = open();
    before.give('right', 'a', 'r', 10);
    before.give('left', 'a', 'l', 20);
    before.advance(Number.POSITIVE_INFINITY);
    expect(before.bench.takeValues()).toEqual([['a:l+r', 20]]);
    const after = open({}, new OperatorBench({ restored: before.snapshot() }));
    after.give('left', 'a', 'late', 19);
    after.give('left', 'a', 'm', 30);
    after.advance(30);
    expect(after.bench.takeValues()).toEqual([['a:m+r', 30]]);
  });

  it('keeps its state flat over a long run', () => {
    const { bench, snapshot, give, advance } = open();
    const sizes: number[] = [];
    for (let at = 0; at < 100_000; at++) {
      give(at % 2 === 0 ? 'left' : 'right', at % 7, `${at % 10}`, at + ((at * 7919) % 5));
      if (at % 10 === 9) advance(at - 5);
      if (at % 20_000 === 19_999) {
        sizes.push(snapshot().length);
        bench.take();
      }
    }
    expect(Math.max(...sizes)).toBeLessThan(Math.min(...sizes) * 1.5);
    expect(Math.max(...sizes)).toBeLessThan(2_000);
  });

  it('emits many of one key in slices', () => {
    const { bench, left, right, give } = open({}, new OperatorBench({ slice: 1 }));
    for (let at = 0; at < 1_000; at++) give('left', 'a', at, at);
    left.watermark(2_000);
    right.watermark(2_000);
    expect(bench.takeValues()).toHaveLength(256);
    expect(bench.finish()).toBeGreaterThan(2);
    expect(bench.takeValues().map(([, timestamp]) => timestamp)).toEqual(
      Array.from({ length: 1_000 - 256 }, (_, at) => at + 256),
    );
  });

  it('refuses options that cannot be', () => {
    const keyed$ = fromSource(arraySource(['a'])).pipe(keyBy((item) => item));
    const join = (options: unknown) => () => asOfJoin(keyed$, options as { ttl: '1h' }, () => 0);
    expect(join(undefined)).toThrow('SLUICE_OPTION');
    expect(join({})).toThrow('SLUICE_OPTION');
    expect(join({ ttl: 0 })).toThrow(/ttl.*at least 1/);
    expect(join({ ttl: '-1s' })).toThrow('SLUICE_OPTION');
    expect(join({ ttl: { after: '1s', time: 'clock' } })).toThrow(/ttl.time.*clock/);
    expect(join({ ttl: { after: '1s', refresh: 'read' } })).toThrow(/ttl.refresh.*read/);
    expect(join({ ttl: { after: '1s', expired: true } })).toThrow(/ttl.expired.*true/);
    expect(join({ ttl: '1h', tolerance: '-1s' })).toThrow(/tolerance.*at least 0/);
    expect(() => asOfJoin(keyed$, { ttl: '1h' }, 'project' as never)).toThrow(/project.*a function/);
  });
});

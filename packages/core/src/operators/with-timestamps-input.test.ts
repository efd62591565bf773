import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { StreamObserver } from '../stream/element.js';
import type { Alarm } from '../stream/operator.js';
import type { SourceSplits } from '../stream/splits.js';
import { boundedOutOfOrderness, monotonousTimestamps, type WatermarkStrategy } from '../time/index.js';
import { createWithIngestionTime, createWithTimestamps, type TimestampOptions } from './with-timestamps-input.js';

const identity = (value: number): number => value;

function open(
  options: TimestampOptions = {},
  bench = new OperatorBench(),
  strategy: WatermarkStrategy<number> = monotonousTimestamps(),
): { readonly bench: OperatorBench; readonly operator: StreamObserver<number> } {
  return { bench, operator: createWithTimestamps(identity, strategy, options)(bench.context, bench.out) };
}

describe('withTimestamps', () => {
  it('does nothing without input', () => {
    const { bench } = open();
    bench.advanceClock(10_000);
    expect(bench.take()).toEqual([]);
  });

  it('passes the end on, once', () => {
    const { bench, operator } = open();
    operator.watermark(Number.POSITIVE_INFINITY);
    operator.watermark(Number.POSITIVE_INFINITY);
    operator.complete();
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: Number.POSITIVE_INFINITY }, { type: 'complete' }]);
  });

  it('makes a watermark after each element', () => {
    const { bench, operator } = open({ every: 0 });
    for (const at of [10, 30, 20]) operator.next(at, Number.NaN);
    expect(bench.take()).toEqual([
      { type: 'next', value: 10, timestamp: 10 },
      { type: 'watermark', timestamp: 9 },
      { type: 'next', value: 30, timestamp: 30 },
      { type: 'watermark', timestamp: 29 },
      { type: 'next', value: 20, timestamp: 20 },
    ]);
  });

  it('with no period, is due for nothing but idleness', () => {
    const alarms: Alarm[] = [];
    const bench = new OperatorBench();
    const task = { ...bench.context.task, alarm: (alarm: Alarm) => void alarms.push(alarm) };
    const context = { ...bench.context, task };
    createWithTimestamps(identity, monotonousTimestamps(), { every: 0, idleAfter: 100 })(context, bench.out);
    expect(alarms.map((alarm) => alarm.at() > context.clock.now())).toEqual([true]);
  });

  it('makes one every 200 ms by default', () => {
    const { bench, operator } = open();
    operator.next(10, Number.NaN);
    bench.advanceClock(199);
    expect(bench.take()).toHaveLength(1);
    bench.advanceClock(200);
    bench.advanceClock(400);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 9 }]);
  });

  it('makes one every 65,536 elements too, unless a period is asked for', () => {
    const watermarksOf = (options: TimestampOptions): unknown[] => {
      const { bench, operator } = open(options);
      for (let at = 1; at <= 140_000; at++) operator.next(at, Number.NaN);
      return bench.take().filter(({ type }) => type === 'watermark');
    };
    expect(watermarksOf({})).toEqual([
      { type: 'watermark', timestamp: 65_535 },
      { type: 'watermark', timestamp: 131_071 },
    ]);
    expect(watermarksOf({ idleAfter: '60s' })).toHaveLength(2);
    expect(watermarksOf({ every: 200 })).toEqual([]);
  });

  it('goes on when the clock has been set back', () => {
    const { bench, operator } = open();
    bench.advanceClock(3_600_000);
    operator.next(10, Number.NaN);
    bench.take();
    bench.advanceClock(0);
    bench.advanceClock(200);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 9 }]);
  });

  it('asks the generator of each element, and sends what it answers at once', () => {
    const markers: WatermarkStrategy<number> = {
      create: () => ({
        onElement: (value, timestamp) => (value % 2 === 0 ? timestamp : undefined),
        onPeriodic: () => undefined,
      }),
    };
    const { bench, operator } = open({}, new OperatorBench(), markers);
    for (const at of [1, 2, 3]) operator.next(at, Number.NaN);
    expect(bench.take().filter(({ type }) => type === 'watermark')).toEqual([{ type: 'watermark', timestamp: 2 }]);
  });

  it('gives the timestamp of the source, when it has one', () => {
    const bench = new OperatorBench();
    const seen: (number | undefined)[] = [];
    const timestampOf = (_value: number, source: number | undefined): number => {
      seen.push(source);
      return 0;
    };
    const operator = createWithTimestamps(timestampOf, monotonousTimestamps())(bench.context, bench.out);
    operator.next(1, 77);
    operator.next(1, Number.NaN);
    expect(seen).toEqual([77, undefined]);
  });

  it('is idle after a silence, before the next element not any more', () => {
    const { bench, operator } = open({ idleAfter: 100, every: 0 });
    operator.next(10, Number.NaN);
    bench.take();
    for (let now = 0; now <= 200; now += 5) bench.advanceClock(now);
    expect(bench.take()).toEqual([{ type: 'status', idle: true }]);
    operator.next(20, Number.NaN);
    expect(bench.take().map(({ type }) => type)).toEqual(['status', 'next', 'watermark']);
  });

  it('goes by the split that is behind, unless it is idle or has ended', () => {
    const splits: SourceSplits & { current: number } = {
      current: 0,
      known: true,
      ids: ['x', 'y'],
      watermarks: [],
      ended: undefined,
    };
    const { bench, operator } = open({ every: 0 }, new OperatorBench({ splits }), boundedOutOfOrderness(0));
    operator.next(50, Number.NaN);
    splits.current = 1;
    operator.next(20, Number.NaN);
    expect(splits.watermarks).toEqual([49, 19]);
    splits.ended?.(1);
    expect(bench.take().filter(({ type }) => type === 'watermark')).toEqual([
      { type: 'watermark', timestamp: 19 },
      { type: 'watermark', timestamp: 49 },
    ]);
  });

  it('takes watermarks and idleness from before for nothing', () => {
    const { bench, operator } = open({ every: 0 });
    operator.watermark(100);
    operator.status(true);
    expect(bench.take()).toEqual([]);
  });

  it('restores the watermark of each split, and says its own again', () => {
    const before = open({ every: 0 });
    before.operator.next(50, Number.NaN);
    const restored = before.bench.snapshot(before.operator);
    const after = open({ every: 0 }, new OperatorBench({ restored }));
    for (const at of [10, 50, 60]) after.operator.next(at, Number.NaN);
    expect(after.bench.take().filter(({ type }) => type === 'watermark')).toEqual([
      { type: 'watermark', timestamp: 49 },
      { type: 'watermark', timestamp: 59 },
    ]);
  });

  it('sends barriers and errors on', () => {
    const { bench, operator } = open();
    bench.snapshot(operator);
    operator.error('broken');
    expect(bench.take().map(({ type }) => type)).toEqual(['barrier', 'error']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, '2001-01-01', new Date()])(
    'refuses %s as a timestamp',
    (at) => {
      const { operator } = open();
      expect(() => operator.next(at as number, 1)).toThrow('SLUICE_TIMESTAMP');
    },
  );

  it.each<readonly [string, TimestampOptions, string]>([
    ['a period below 0', { every: -1 }, 'SLUICE_OPTION'],
    ['idleness at once', { idleAfter: 0 }, 'SLUICE_OPTION'],
    ['alignment.group', { alignment: { group: '', maxDrift: '1s' } }, 'SLUICE_OPTION'],
    ['alignment.maxDrift', { alignment: { group: 'g', maxDrift: -1 } }, 'SLUICE_OPTION'],
  ])('refuses %s', (_name, options, code) => {
    expect(() => createWithTimestamps(identity, monotonousTimestamps(), options)).toThrow(code);
  });

  it('refuses a bound below 0', () => expect(() => boundedOutOfOrderness(-1)).toThrow('SLUICE_DURATION'));
});

describe('withIngestionTime', () => {
  it('gives the time of the clock, and does not follow it back', () => {
    const bench = new OperatorBench({ now: 100 });
    const operator = createWithIngestionTime<string>({ every: 0 })(bench.context, bench.out);
    operator.next('x', Number.NaN);
    bench.now = 50;
    operator.next('y', Number.NaN);
    expect(bench.takeValues()).toEqual([
      ['x', 100],
      ['y', 100],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { defineAggregate } from '../aggregates/aggregate-function.js';
import { listOf } from '../aggregates/list-of.js';
import { sumOf } from '../aggregates/sum-of.js';
import type { StreamObserver } from '../stream/element.js';
import { session } from '../windows/session.js';
import { onEventTime } from '../windows/time-triggers.js';
import type { Trigger } from '../windows/trigger.js';
import { tumbling } from '../windows/tumbling.js';
import { createWindowOperator, type WindowBehaviour } from './window.js';

const sum = sumOf((value: number) => value);

interface Opened {
  readonly bench: OperatorBench;
  readonly operator: StreamObserver<unknown>;
  give(key: string, timestamp: number, value: number): void;
  /** `key start end value @ timestamp` of what was emitted since. */
  fired(): string[];
}

function open(options: WindowBehaviour<number, unknown>, bench = new OperatorBench(), aggregate = sum): Opened {
  const create = createWindowOperator<number, unknown>('windowBy', tumbling(10), options);
  const operator = create(bench.context, [{ aggregate, out: bench.out }]);
  return {
    bench,
    operator,
    give(key, timestamp, value) {
      bench.inputKey.key = key;
      operator.next(value, timestamp);
    },
    fired: () =>
      bench.takeValues().map(([result, timestamp]) => {
        const { key, window, value } = result as {
          key: string;
          window: { start: number; end: number };
          value: unknown;
        };
        return `${key} ${window.start} ${window.end} ${value} @ ${timestamp}`;
      }),
  };
}

/** The default trigger goes the fast way; one that is not known to be it goes the way of all others. */
describe.each([
  ['the fast way', {}],
  ['the general way', { trigger: { ...onEventTime() } as Trigger<unknown> }],
] as const)('windows, %s', (_way, trigger) => {
  it('does nothing without input', () => {
    const { bench } = open(trigger);
    expect(bench.take()).toEqual([]);
  });

  it('passes the end of an empty input on', () => {
    const { bench, operator } = open(trigger);
    operator.watermark(Number.POSITIVE_INFINITY);
    operator.complete();
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: Number.POSITIVE_INFINITY }, { type: 'complete' }]);
  });

  it('emits one window for one element, before the watermark that fires it', () => {
    const { bench, operator, give } = open(trigger);
    give('a', 3, 7);
    operator.watermark(8);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 8 }]);
    operator.watermark(9);
    expect(bench.take()).toEqual([
      { type: 'next', value: { key: 'a', window: { start: 0, end: 10 }, value: 7 }, timestamp: 9 },
      { type: 'watermark', timestamp: 9 },
    ]);
  });

  it('emits many windows in order of time over all keys', () => {
    const { operator, give, fired } = open(trigger);
    give('a', 25, 1);
    give('b', 3, 2);
    give('a', 12, 3);
    give('b', 4, 4);
    operator.watermark(100);
    expect(fired()).toEqual(['b 0 10 6 @ 9', 'a 10 20 3 @ 19', 'a 20 30 1 @ 29']);
  });

  it('ignores a watermark that does not rise', () => {
    const { bench, operator } = open(trigger);
    for (const timestamp of [5, 5, 4]) operator.watermark(timestamp);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 5 }]);
  });

  it('fires again for each late element that is allowed, then sends the late ones away', () => {
    const late = {};
    const { bench, operator, give, fired } = open({ ...trigger, allowedLateness: 5, late });
    give('a', 3, 1);
    operator.watermark(9);
    give('a', 4, 10);
    operator.watermark(13);
    give('a', 5, 100);
    expect(fired()).toEqual(['a 0 10 1 @ 9', 'a 0 10 11 @ 9', 'a 0 10 111 @ 9']);
    operator.watermark(14);
    bench.take();
    give('a', 6, 1_000);
    expect(bench.take()).toEqual([{ type: 'side', target: late, value: 1_000, timestamp: 6 }]);
  });

  it('counts late elements where there is no late output', () => {
    const { bench, operator, give } = open(trigger);
    operator.watermark(20);
    give('a', 3, 1);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 20 }]);
    expect(bench.counters.get('late_elements_dropped')).toBe(1);
  });

  it('refuses an element without a timestamp', () => {
    const { give } = open(trigger);
    expect(() => give('a', Number.NaN, 1)).toThrow('SLUICE_NO_TIMESTAMPS');
  });

  it('passes idleness and errors on', () => {
    const { bench, operator } = open(trigger);
    const error = new Error('broken');
    operator.status(true);
    operator.status(false);
    operator.error(error);
    expect(bench.take()).toEqual([
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'error', error },
    ]);
  });

  it('lets an error of the aggregate unwind', () => {
    const throwing = defineAggregate<number, number, number>({
      create: () => 0,
      add() {
        throw new Error('of the user');
      },
      merge: (a) => a,
      result: (accumulator) => accumulator,
    });
    const { give } = open(trigger, new OperatorBench(), throwing as never);
    expect(() => give('a', 1, 1)).toThrow('of the user');
  });

  it('fires in slices, and holds the watermark back until the last', () => {
    const { bench, operator, give } = open(trigger, new OperatorBench({ slice: 2 }));
    for (const key of 'abcde') give(key, 1, 1);
    operator.watermark(9);
    expect(bench.outputs.map(({ type }) => type)).toEqual(['next', 'next']);
    expect(bench.finish()).toBeGreaterThan(1);
    expect(bench.outputs.map(({ type }) => type)).toEqual(['next', 'next', 'next', 'next', 'next', 'watermark']);
  });

  it('fires what is left over before an element that comes nevertheless', () => {
    const { bench, operator, give } = open(trigger, new OperatorBench({ slice: 1 }));
    for (const key of 'abc') give(key, 1, 1);
    operator.watermark(9);
    give('a', 12, 5);
    expect(bench.outputs.map(({ type }) => type)).toEqual(['next', 'next', 'next', 'watermark']);
    bench.finish();
    expect(bench.outputs).toHaveLength(4);
  });

  it('sends a barrier on behind nothing and in front of nothing', () => {
    const { bench, operator, give } = open(trigger);
    give('a', 3, 7);
    bench.snapshot(operator);
    operator.watermark(9);
    expect(bench.take().map(({ type }) => type)).toEqual(['barrier', 'next', 'watermark']);
  });

  it('restores windows, watermark and all, as they were at the barrier', () => {
    const before = open({ ...trigger, allowedLateness: 5 });
    before.give('a', 3, 1);
    before.operator.watermark(9);
    before.give('b', 15, 2);
    const encode = before.bench.capture(before.operator);
    before.give('a', 4, 10);
    before.give('b', 15, 10);
    before.operator.watermark(100);

    const after = open({ ...trigger, allowedLateness: 5 }, new OperatorBench({ restored: encode() }));
    after.give('a', 4, 100);
    after.operator.watermark(19);
    expect(after.fired()).toEqual(['a 0 10 101 @ 9', 'b 10 20 2 @ 19']);
    after.give('a', 5, 1);
    expect(after.bench.counters.get('late_elements_dropped')).toBe(1);
  });
});

describe('sessions', () => {
  it('that become one are merged in the order in which they began to arrive', () => {
    const bench = new OperatorBench();
    const operator = createWindowOperator('windowBy', session(10))(bench.context, [
      { aggregate: listOf<number>(), out: bench.out },
    ]);
    bench.inputKey.key = 'a';
    for (const [value, timestamp] of [
      [1, 20],
      [2, 0],
      [3, 40],
      [4, 10],
      [5, 30],
    ] as const)
      operator.next(value, timestamp);
    operator.watermark(100);
    expect(bench.takeValues()).toEqual([[{ key: 'a', window: { start: 0, end: 50 }, value: [1, 2, 4, 3, 5] }, 49]]);
  });
});

describe('consumers', () => {
  it('share one operator: each gets its own results, watermarks and barriers', () => {
    const bench = new OperatorBench();
    const first = new OperatorBench();
    const second = new OperatorBench();
    const operator = createWindowOperator('windowBy', tumbling(10))(bench.context, [
      { aggregate: sum, out: first.out },
      { aggregate: undefined, out: second.out },
    ]);
    bench.inputKey.key = 'a';
    operator.next(3, 1);
    operator.next(4, 2);
    operator.watermark(9);
    bench.snapshot(operator);
    expect(first.take().map(({ type }) => type)).toEqual(['next', 'watermark', 'barrier']);
    expect(second.take()[0]).toEqual({
      type: 'next',
      value: { key: 'a', window: { start: 0, end: 10 }, values: [3, 4], '~sluice': 'windowed' },
      timestamp: 9,
    });
  });

  it('must be the same after a restore', () => {
    const before = open({});
    before.give('a', 1, 1);
    const restored = before.bench.snapshot(before.operator);
    const bench = new OperatorBench({ restored });
    expect(() =>
      createWindowOperator('windowBy', tumbling(10))(bench.context, [{ aggregate: undefined, out: bench.out }]),
    ).toThrow('SLUICE_STATE_VERSION');
  });
});

import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { StateShape } from '../state/descriptor.js';
import { valueStateOf } from '../state/value-state.js';
import type { StreamObserver } from '../stream/element.js';
import type { SideTarget } from '../stream/side-target.js';
import { many } from './many.js';
import { createProcessKeyed, type KeyedProcessFunction } from './process-keyed.js';

interface Opened {
  readonly bench: OperatorBench;
  readonly operator: StreamObserver<unknown>;
  give(key: unknown, value: number, timestamp?: number): void;
}

function open<K, S extends StateShape, R, RT>(
  process: KeyedProcessFunction<K, number, S, R, RT>,
  bench = new OperatorBench(),
): Opened {
  const operator = createProcessKeyed(process)(bench.context, bench.out);
  return {
    bench,
    operator,
    give(key, value, timestamp = Number.NaN) {
      bench.inputKey.key = key;
      operator.next(value, timestamp);
    },
  };
}

const counting = {
  state: { count: valueStateOf(() => 0) },
  onElement(
    _value: number,
    { state, key }: { state: { count: { get(): number; set(n: number): void } }; key: unknown },
  ) {
    state.count.set(state.count.get() + 1);
    return `${String(key)} ${state.count.get()}`;
  },
};

describe('processKeyed', () => {
  it('does nothing without input, and passes the end of an empty one on', () => {
    const { bench, operator } = open(counting);
    expect(bench.take()).toEqual([]);
    operator.watermark(Number.POSITIVE_INFINITY);
    operator.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
  });

  it('emits what a handler returns, with the timestamp of the element, state by key', () => {
    const { bench, give } = open(counting);
    give('a', 1, 10);
    give('b', 1, 20);
    give('a', 1, 30);
    give('__proto__', 1, 40);
    expect(bench.takeValues()).toEqual([
      ['a 1', 10],
      ['b 1', 20],
      ['a 2', 30],
      ['__proto__ 1', 40],
    ]);
  });

  it('emits nothing for undefined, null for null, and all of many', () => {
    const { bench, give } = open({
      onElement: (value: number) => (value === 0 ? undefined : value === 1 ? null : many([value, value + 1])),
    });
    for (const value of [0, 1, 2]) give('a', value, 5);
    expect(bench.takeValues()).toEqual([
      [null, 5],
      [2, 5],
      [3, 5],
    ]);
  });

  it('lets an iterable read state as it goes', () => {
    const { bench, give } = open({
      state: { seen: valueStateOf(() => 7) },
      onElement(_value: number, { state }) {
        return many(
          (function* () {
            yield state.seen.get();
          })(),
        );
      },
    });
    give('a', 1, 1);
    expect(bench.takeValues()).toEqual([[7, 1]]);
  });

  it('sends to side outputs, with the timestamp of the element or another', () => {
    const target = {} as SideTarget<string>;
    const { bench, give } = open({
      onElement(_value: number, { emitTo }) {
        emitTo(target, 'one');
        emitTo(target, 'two', 99);
      },
    });
    give('a', 1, 5);
    expect(bench.take()).toEqual([
      { type: 'side', target, value: 'one', timestamp: 5 },
      { type: 'side', target, value: 'two', timestamp: 99 },
    ]);
  });

  it('gives keys that are tuples, and what else a handler may want', () => {
    const { bench, give } = open({
      onElement(_value: number, { key, watermark, clock, timestamp, metrics, logger }) {
        const [user, ip] = key as readonly string[];
        metrics.counter('seen').add();
        logger.debug({}, 'seen');
        return [user, ip, watermark, clock.now(), timestamp];
      },
    });
    give(['u', 'i'], 1, 5);
    expect(bench.takeValues()).toEqual([[['u', 'i', Number.NEGATIVE_INFINITY, 0, 5], 5]]);
    expect(bench.counters.get('seen')).toBe(1);
  });

  it('fires timers of the clock without elements; what they emit has no event time', () => {
    const { bench, give } = open({
      onElement: (value: number, { timers }) => timers.processing(value),
      onTimer: (at, { key, domain, timestamp }) => [at, key, domain, timestamp],
    });
    give('a', 50);
    bench.advanceClock(49);
    expect(bench.take()).toEqual([]);
    bench.advanceClock(50);
    expect(bench.takeValues()).toEqual([[[50, 'a', 'processing', 50], Number.NaN]]);
  });

  it('fires in slices and holds the watermark back until the last', () => {
    const process = {
      onElement: (value: number, { timers }: { timers: { event(at: number): void } }) => timers.event(value),
      onTimer: (at: number) => at,
    };
    const { bench, operator, give } = open(process, new OperatorBench({ slice: 2 }));
    for (const at of [3, 1, 2, 5, 4]) give(`key ${at}`, at, 0);
    operator.watermark(10);
    expect(bench.outputs).toHaveLength(2);
    bench.finish();
    expect(bench.take().map((output) => ('timestamp' in output ? output.timestamp : output.type))).toEqual([
      1, 2, 3, 4, 5, 10,
    ]);
  });

  it('restores state and timers, and fires those of the clock that were due meanwhile', () => {
    const process = {
      ...counting,
      onElement(
        value: number,
        context: { timers: { processing(at: number): void } } & Parameters<typeof counting.onElement>[1],
      ) {
        context.timers.processing(value);
        return counting.onElement(value, context);
      },
      onTimer: (at: number, { state }: { state: { count: { get(): number } } }) => `${at} ${state.count.get()}`,
    };
    const before = open(process);
    before.give('a', 10, 1);
    before.give('a', 20, 1);
    const after = open(process, new OperatorBench({ restored: before.bench.snapshot(before.operator), now: 15 }));
    after.bench.advanceClock(15);
    expect(after.bench.takeValues()).toEqual([['10 2', Number.NaN]]);
    after.bench.advanceClock(20);
    expect(after.bench.takeValues()).toEqual([['20 2', Number.NaN]]);
  });

  it('lets an error of a handler unwind', () => {
    const { give } = open({
      onElement() {
        throw new Error('of the user');
      },
    });
    expect(() => give('a', 1)).toThrow('of the user');
  });

  it('passes idleness and errors on', () => {
    const { bench, operator } = open(counting);
    operator.status(true);
    operator.error('broken');
    expect(bench.take()).toEqual([
      { type: 'status', idle: true },
      { type: 'error', error: 'broken' },
    ]);
  });

  it.each<readonly [string, (timers: { event(at: number): void }) => void, boolean]>([
    ['a time that is none', (timers) => timers.event(Number.NaN), true],
    ['timers that nobody handles', (timers) => timers.event(1), false],
  ])('refuses %s', (_name, use, handled) => {
    const { give } = open({
      onElement: (_value: number, { timers }) => use(timers),
      ...(handled && { onTimer: () => undefined }),
    });
    expect(() => give('a', 1)).toThrow('SLUICE_TIMER');
  });

  it('refuses timers and state after a handler has returned', () => {
    let kept: { timers: { event(at: number): void }; state: { n: { get(): number } } } | undefined;
    const { give } = open({
      state: { n: valueStateOf(() => 0) },
      onElement(_value: number, context) {
        kept = { timers: context.timers, state: context.state };
      },
      onTimer: () => undefined,
    });
    give('a', 1);
    expect(() => kept?.timers.event(1)).toThrow('SLUICE_TIMER');
    expect(() => kept?.state.n.get()).toThrow('SLUICE_STATE_OUTSIDE_TURN');
  });
});

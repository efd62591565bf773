import {
  aggregate,
  asyncMap,
  countOf,
  type DataStream,
  dynamicSession,
  everyEventTime,
  keyBy,
  listState,
  many,
  mapState,
  operatorListState,
  processKeyed,
  processStream,
  processWith,
  scanByKey,
  session,
  sideOutput,
  sumOf,
  to,
  tumbling,
  unionWith,
  valueStateOf,
  windowBy,
} from '@sluice/core';
import { fromEvent, map, type Observable, pipe, scan } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { collectSink } from '../sinks/collect-sink.js';
import { harness } from './harness.js';

interface Click {
  readonly user: string;
  readonly ms: number;
}
const click = (user: string, ms = 1): Click => ({ user, ms });

const counting = () =>
  processKeyed({
    state: { count: valueStateOf(() => 0), urls: mapState<string, number>(), last: listState<number>() },
    onElement({ ms }: Click, { state, timers, timestamp, clock }) {
      state.count.set(state.count.get() + 1);
      state.urls.set('a', ms);
      state.last.add(ms);
      timers.event(timestamp + 1000);
      if (ms > 100) timers.processing(clock.now() + 500);
    },
    onTimer: (time, { key, state, domain }) => `${key} ${domain} ${time} ${state.count.get()}`,
  });

describe('harness', () => {
  it('runs an operator of keyed streams by hand, with its state and timers in sight', () => {
    const h = harness(counting(), { keyBy: (one) => one.user, start: 10_000 });
    expectTypeOf(h.element).parameter(0).toEqualTypeOf<Click>();
    expectTypeOf(h.takeValues()).toEqualTypeOf<readonly string[]>();
    h.element(click('ann', 7), 5);
    h.element(click('bob', 200), 6);
    h.element(click('ann', 8), 5);
    expect(h.stateOf('ann')).toEqual({ count: 2, urls: new Map([['a', 8]]), last: [7, 8] });
    expect(h.stateOf('cleo')).toBeUndefined();
    expect(h.timers().map(({ key, domain, time }) => [key, domain, time])).toEqual([
      ['ann', 'event', 1005],
      ['bob', 'event', 1006],
      ['bob', 'processing', 10_500],
    ]);
    h.watermark(1005);
    expect(h.output).toEqual([
      { type: 'element', value: 'ann event 1005 2', timestamp: 1005 },
      { type: 'watermark', timestamp: 1005 },
    ]);
    expect(h.currentWatermark).toBe(1005);
    expect(h.take()).toHaveLength(2);
    h.advanceTime('1s');
    expect(h.takeValues()).toEqual(['bob processing 10500 1']);
    expect(h.clock.now()).toBe(11_000);
    h.end();
    expect(h.take().at(-1)).toEqual({ type: 'watermark', timestamp: Number.POSITIVE_INFINITY });
    expect(h.timers()).toEqual([]);
  });

  it('restores a snapshot into a new one: state, timers, the watermark', () => {
    const h = harness(counting(), { keyBy: (one) => one.user });
    h.element(click('ann', 500), 5);
    h.watermark(3);
    const snapshot = h.snapshot();
    expect(snapshot.bytes).toBeGreaterThan(10);
    expect(h.take().at(-1)).toEqual({ type: 'barrier', checkpoint: 1 });
    h.element(click('ann', 9), 6);
    const again = h.restore(snapshot);
    expect(again.stateOf('ann')).toEqual({ count: 1, urls: new Map([['a', 500]]), last: [500] });
    expect(again.timers('event')).toMatchObject([{ key: 'ann', time: 1005 }]);
    again.advanceTime(500);
    again.watermark(2000);
    expect(again.takeValues()).toEqual(['ann processing 500 1', 'ann event 1005 1']);
    expect(h.stateOf('ann')).toMatchObject({ count: 2 });
  });

  it('runs windows, with what is late beside them', () => {
    const late$ = sideOutput<Click>('late');
    const h = harness((clicks$: DataStream<Click>) =>
      clicks$.pipe(
        keyBy((one) => one.user),
        windowBy(tumbling('1m'), { late: late$, allowedLateness: '10s' }),
        aggregate(sumOf((one) => one.ms)),
      ),
    );
    h.element(click('ann', 2), 0);
    h.element(click('ann', 3), 59_999);
    expect(h.state()).toEqual([
      { uid: 'windowBy-1', key: 'ann', state: { windows: [expect.objectContaining({ contents: 5 })] } },
    ]);
    h.watermark(59_999);
    h.element(click('ann', 4), 1);
    h.watermark(70_000);
    h.element(click('ann', 9), 1);
    expect(h.takeValues()).toEqual([
      { key: 'ann', window: { start: 0, end: 60_000 }, value: 5 },
      { key: 'ann', window: { start: 0, end: 60_000 }, value: 9 },
    ]);
    expect(h.sideOutput(late$)).toEqual([{ value: click('ann', 9), timestamp: 1 }]);
    expect(h.state()).toEqual([]);
  });

  it('counts what is dropped, and shows sessions and the timers of triggers', () => {
    const dropping = harness(
      pipe(
        keyBy((one: Click) => one.user),
        windowBy(session('1s')),
      ),
    );
    dropping.element(click('ann'), 500);
    expect(dropping.stateOf('ann')).toEqual({
      windows: [{ window: { start: 500, end: 1500 }, contents: [click('ann')] }],
    });
    dropping.watermark(5000);
    dropping.element(click('ann'), 1);
    expect(dropping.counter('late_elements_dropped')).toBe(1);
    const early = harness(
      pipe(
        keyBy((one: Click) => one.user),
        windowBy(tumbling('1m'), { trigger: everyEventTime('10s') }),
        aggregate(countOf()),
        map(({ value }) => value),
      ),
    );
    early.element(click('ann'), 1);
    expect(early.timers('event').map(({ time }) => time)).toContain(10_000);
    early.watermark(10_000);
    expect(early.takeValues()).toEqual([1]);
    const dynamic = harness((clicks$: DataStream<Click>) =>
      clicks$.pipe(
        keyBy((one) => one.user),
        windowBy(dynamicSession((one: Click) => one.ms)),
      ),
    );
    dynamic.element(click('ann', 5), 0);
    dynamic.element(click('ann', 50), 4);
    dynamic.end();
    expect(dynamic.takeValues()).toMatchObject([{ key: 'ann', window: { start: 0, end: 54 } }]);
  });

  it('has an input for each parameter', () => {
    const h = harness((clicks$: DataStream<Click>, names$: DataStream<readonly [string, string]>) =>
      clicks$.pipe(
        keyBy((one) => one.user),
        processWith(names$.pipe(keyBy(([user]) => user)), {
          state: { name: valueStateOf(() => '?') },
          onLeft: (one, { state }) => `${state.name.get()} ${one.ms}`,
          onRight([, name], { state }) {
            state.name.set(name);
          },
        }),
      ),
    );
    expectTypeOf(h.inputs[1].element).parameter(0).toEqualTypeOf<readonly [string, string]>();
    h.element(click('a', 1), 1);
    h.inputs[1].element(['a', 'Ann'], 2);
    h.inputs[0].element(click('a', 2), 3);
    h.inputs[0].watermark(10);
    expect(h.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    h.inputs[1].idle();
    expect(h.currentWatermark).toBe(10);
    h.inputs[1].watermark(20);
    h.inputs[1].active();
    h.watermark(30);
    expect(h.take()).toEqual([
      { type: 'element', value: '? 1', timestamp: 1 },
      { type: 'element', value: 'Ann 2', timestamp: 3 },
      { type: 'watermark', timestamp: 10 },
      { type: 'watermark', timestamp: 20 },
      { type: 'watermark', timestamp: 30 },
    ]);
    h.barrier(7);
    expect(h.take()).toEqual([{ type: 'barrier', checkpoint: 7 }]);
    const united = harness((a$: DataStream<string>, b$: DataStream<string>, c$: DataStream<string>) =>
      a$.pipe(unionWith(b$, c$)),
    );
    united.inputs[0].barrier(1);
    united.inputs[2].barrier(1);
    expect(united.take()).toEqual([]);
    united.inputs[1].barrier(1);
    expect(united.take()).toEqual([{ type: 'barrier', checkpoint: 1 }]);
    united.idle();
    united.active();
    expect(united.take()).toEqual([{ type: 'idle' }, { type: 'active' }]);
  });

  it('lets promises go on when it is told to, while time passes', async () => {
    const sleeping = (count: number) => {
      const h = harness(
        asyncMap(
          async (n: number) => {
            await h.clock.sleep('1s');
            return n * 2;
          },
          { concurrency: count },
        ),
      );
      return h;
    };
    const h = sleeping(2);
    for (const n of [1, 2, 3]) h.element(n, n);
    h.watermark(9);
    expect(h.output).toEqual([]);
    expect(() => h.snapshot()).toThrowError(expect.objectContaining({ code: 'SLUICE_HARNESS' }));
    await h.settle('1s');
    expect(h.takeValues()).toEqual([2, 4]);
    const snapshot = h.snapshot();
    await h.settle('5s');
    expect(h.take().map((output) => (output.type === 'element' ? output.value : output.type))).toEqual([
      'barrier',
      6,
      'watermark',
    ]);
    const again = h.restore(snapshot);
    expect(again.clock.now()).toBe(6000);
    await h.settle('1s');
    await again.settle('1s');
    expect(again.takeValues()).toEqual([6]);
  });

  it('throws what an operator throws, from the call that brings it about', async () => {
    const failing = harness(
      map((n: number) => {
        if (n === 2) throw new RangeError('two');
        return n;
      }),
    );
    failing.element(1);
    expect(() => failing.element(2)).toThrow('two');
    expect(() => failing.element(1)).toThrow('two');
    const later = harness(asyncMap(async (_n: number) => Promise.reject(new Error('later')), { concurrency: 1 }));
    later.element(1);
    await expect(later.settle()).rejects.toThrow('later');
    const timed = harness(
      processKeyed({
        onElement(_n: number, { timers }) {
          timers.processing(10);
        },
        onTimer() {
          throw new Error('timer');
        },
      }),
      { keyBy: () => 'all' },
    );
    timed.element(1);
    expect(() => timed.advanceTime(20)).toThrow('timer');
  });

  it('takes operators without event time, and several results', () => {
    const h = harness(
      pipe(
        keyBy((n: number) => n % 2),
        scanByKey(
          (sum, n) => sum + n,
          () => 0,
        ),
      ),
    );
    h.element(1);
    h.element(3);
    expect(h.output).toEqual([
      { type: 'element', value: { key: 1, value: 1 }, timestamp: Number.NaN },
      { type: 'element', value: { key: 1, value: 4 }, timestamp: Number.NaN },
    ]);
    expect(h.state()).toEqual([{ uid: 'scanByKey-1', key: 1, state: { rolling: 4 } }]);
    const each = harness(processKeyed({ onElement: (n: number) => many([n, n]) }), { keyBy: (n) => n });
    each.element(4);
    expect(each.takeValues()).toEqual([4, 4]);
  });

  it('refuses what it cannot run', () => {
    const refused = expect.objectContaining({ code: 'SLUICE_HARNESS' });
    expect(() => harness((_a$: DataStream<number>, b$: DataStream<number>) => b$)).toThrowError(refused);
    expect(() =>
      harness((a$: DataStream<Event>) => a$.pipe(unionWith(fromEvent(new EventTarget(), 'x')))),
    ).toThrowError(refused);
    expect(() => harness((a$: DataStream<number>) => a$.pipe(to(collectSink<number>())))).toThrowError(refused);
    expect(() => harness(scan((sum: number, n: number) => sum + n))).toThrowError(
      expect.objectContaining({ code: 'SLUICE_STOCK_OPERATOR' }),
    );
    const two = harness((a$: DataStream<Click>) =>
      a$.pipe(
        keyBy(({ user }) => user),
        counting(),
        map((text) => click(text)),
        keyBy(({ user }) => user.slice(0, 3)),
        counting(),
      ),
    );
    two.element(click('ann'), 1);
    two.watermark(2000);
    expect(() => two.stateOf('ann')).toThrowError(refused);
    expect(two.stateOf('ann', 'processKeyed-2')).toMatchObject({ count: 1 });
  });
});

it('shows a list of an operator as one, without a key', () => {
  const bench = harness((numbers$: Observable<number>) =>
    numbers$.pipe(
      processStream({
        state: { waiting: operatorListState<number>() },
        onElement(n, { state }) {
          state.waiting.add(n);
        },
      }),
    ),
  );
  for (const n of [4, 7, 5]) bench.element(n, 0);
  expect(bench.state()).toMatchObject([{ key: undefined, state: { waiting: [4, 7, 5] } }]);
  expect(bench.stateOf(undefined)).toEqual({ waiting: [4, 7, 5] });
});

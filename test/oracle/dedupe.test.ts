import {
  arraySource,
  boundedOutOfOrderness,
  dedupe,
  fromSource,
  type Keyed,
  keyBy,
  monotonousTimestamps,
  scanByKey,
  type Ttl,
  withTimestamps,
} from '@sluice/core';
import { assertRestorable } from '@sluice/testing';
import fc from 'fast-check';
import { filter, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createDedupeFirst, createDedupeLast } from '../../packages/core/src/operators/dedupe-input.js';
import { checkTtl } from '../../packages/core/src/state/ttl.js';
import { OperatorBench } from './operator-bench.js';
import { check, replay, timeout } from './runs.js';

interface Element {
  readonly key: number;
  readonly serial: number;
  readonly timestamp: number;
}

type Step =
  | { readonly type: 'element'; readonly key: number; readonly timestamp: number }
  | { readonly type: 'advance'; readonly by: number }
  | { readonly type: 'restore' };

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('element' as const),
      key: fc.nat(4),
      timestamp: fc.integer({ min: -20, max: 80 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('advance' as const), by: fc.nat(15) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
);
const cases = fc.record({
  steps: fc.array(step, { maxLength: 60 }),
  ttl: fc.record({
    after: fc.integer({ min: 1, max: 30 }),
    time: fc.constantFrom('event' as const, 'processing' as const),
    refresh: fc.constantFrom('write' as const, 'readAndWrite' as const),
  }),
});
const keyOf = (element: unknown): unknown => (element as Element).key;

/** The operator under test: what comes out of each step, with a new one in place at each restore. */
function run(keep: 'first' | 'last', ttl: Ttl, steps: readonly Step[]): unknown[][] {
  const eventTime = typeof ttl === 'object' && ttl.time === 'event';
  const create = keep === 'first' ? createDedupeFirst : createDedupeLast;
  const open = (bench: OperatorBench) => ({
    bench,
    input: create({ keyOf, ttl: checkTtl('dedupe', ttl) })(bench.context, bench.out),
  });
  let now = 0;
  let watermark = 0;
  let serial = 0;
  let { bench, input } = open(new OperatorBench());
  const outputs = steps.map((one) => {
    if (one.type === 'element') {
      const element: Element = { key: one.key, serial: serial++, timestamp: one.timestamp };
      input.next(element, one.timestamp);
    } else if (one.type === 'restore') {
      const restored = bench.snapshot(input);
      ({ bench, input } = open(new OperatorBench({ restored, now, slice: 3 })));
    } else if (eventTime) {
      watermark += one.by;
      input.watermark(watermark);
      bench.finish();
    } else {
      now += one.by;
      bench.advanceClock(now);
    }
    return bench.takeValues().map(([value]) => value);
  });
  input.watermark(Number.POSITIVE_INFINITY);
  bench.finish();
  return [...outputs, bench.takeValues().map(([value]) => value)];
}

/** What should come out of each step, and of the end of the input. */
function model(
  keep: 'first' | 'last',
  { after, time, refresh }: CheckedCase['ttl'],
  steps: readonly Step[],
): Element[][] {
  let now = time === 'event' ? Number.NEGATIVE_INFINITY : 0;
  let advanced = 0;
  /** The watermark before a restore, given again after it, brings out what came behind it. */
  let heard = Number.NEGATIVE_INFINITY;
  let serial = 0;
  const known = new Map<number, { element: Element; at: number }>();
  const isOver = (at: number): boolean => at + after <= now;
  const takeOver = (): Element[] => {
    const over = [...known].filter(([, { at }]) => isOver(at)).sort(([, a], [, b]) => a.at - b.at);
    for (const [key] of over) known.delete(key);
    return keep === 'first' ? [] : over.map(([, { element }]) => element);
  };
  const take = (element: Element): Element[] => {
    const at = time === 'event' ? element.timestamp : now;
    const before = known.get(element.key);
    const isLater = before !== undefined && before.at + after <= at;
    if (keep === 'first') {
      if (before === undefined || isOver(before.at) || isLater) {
        known.set(element.key, { element, at });
        return [element];
      }
      if (refresh === 'readAndWrite') before.at = Math.max(before.at, at);
      return [];
    }
    if (before === undefined || at >= before.at) known.set(element.key, { element, at });
    return isLater ? [before.element] : [];
  };
  const outputs = steps.map((one) => {
    if (one.type === 'element') return take({ key: one.key, serial: serial++, timestamp: one.timestamp });
    if (one.type === 'restore') {
      heard = Number.NEGATIVE_INFINITY;
      return [];
    }
    advanced += one.by;
    now = advanced;
    if (time === 'event' && now === heard) return [];
    heard = now;
    return takeOver();
  });
  now = Number.POSITIVE_INFINITY;
  return [...outputs, takeOver()];
}
type CheckedCase = typeof cases extends fc.Arbitrary<infer C> ? C : never;

const bySerial = (outputs: readonly unknown[][]): unknown[][] =>
  outputs.map((values) => [...(values as Element[])].sort((a, b) => a.serial - b.serial));

describe(`dedupe, against a model (${replay})`, { timeout }, () => {
  it.each(['first', 'last'] as const)('%s', (keep) => {
    check(cases, ({ steps, ttl }) => {
      expect(bySerial(run(keep, ttl, steps))).toEqual(bySerial(model(keep, ttl, steps)));
    });
  });

  it('last: nothing that came in time is late behind the operator', () => {
    check(cases, ({ steps, ttl: { after } }) => {
      const bench = new OperatorBench();
      const ttl = checkTtl('dedupe', { after, time: 'event' });
      const input = createDedupeLast({ keyOf, ttl })(bench.context, bench.out);
      let watermark = Number.NEGATIVE_INFINITY;
      for (const one of steps) {
        if (one.type === 'advance') {
          watermark = Math.max(watermark, 0) + one.by;
          input.watermark(watermark);
        } else if (one.type === 'element' && one.timestamp > watermark) {
          input.next({ key: one.key }, one.timestamp);
        }
      }
      input.watermark(Number.POSITIVE_INFINITY);
      let passed = Number.NEGATIVE_INFINITY;
      for (const output of bench.take()) {
        if (output.type === 'watermark') passed = output.timestamp;
        if (output.type === 'next') expect(output.timestamp).toBeGreaterThan(passed);
      }
    });
  });
});

describe('dedupe in a job', () => {
  const orders = [3, 1, 3, 2, 1, 4, 4, 1, 5].map((id, at) => ({ id, at: at * 10, text: `${id} at ${at}` }));
  type Order = (typeof orders)[number];

  it('can be restored in the middle of a stream, first', async () => {
    await assertRestorable<Order, string>(
      (orders$) =>
        orders$.pipe(
          filter(({ id }) => id < 5),
          dedupe(({ id }) => id, { ttl: '1h' }),
          map(({ text }) => text),
        ),
      orders,
      { ordered: true },
    );
  });

  it('can be restored in the middle of a stream, last', async () => {
    for (const time of ['event', 'processing'] as const) {
      await assertRestorable<Order, string>(
        (orders$) =>
          orders$.pipe(
            withTimestamps(({ at }) => at, boundedOutOfOrderness(5), { every: 0 }),
            map((order) => ({ ...order, more: true })),
            dedupe(({ id }) => id, { ttl: { after: time === 'event' ? 20 : '5m', time }, keep: 'last' }),
            map(({ text }) => text),
          ),
        orders,
      );
    }
  });

  it('of a keyed stream gives a keyed one', async () => {
    for (const keep of ['first', 'last'] as const) {
      const pipe = (orders$: ReturnType<typeof fromSource<Order>>) =>
        orders$.pipe(
          withTimestamps((order) => order.at, monotonousTimestamps(), { every: 0 }),
          keyBy((order) => order.id % 2),
          dedupe((keyed) => [keyed.key, keyed.value.id], { ttl: { after: 30, time: 'event' }, keep }),
          scanByKey(
            (texts: string, order) => `${texts} ${order.text}`,
            () => '',
          ),
          map((keyed: Keyed<number, string>) => `${keyed.key}:${keyed.value}`),
        );
      const all = await lastValueFrom(pipe(fromSource(arraySource(orders))).pipe(toArray()));
      expect(all.filter((line) => line.startsWith('0')).at(-1)).toBe(
        keep === 'first' ? '0: 2 at 3 4 at 5' : '0: 2 at 3 4 at 6',
      );
      await assertRestorable(pipe, orders);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperatorBench, type Output } from '../../../../test/oracle/operator-bench.js';
import { check, replay, timeout } from '../../../../test/oracle/runs.js';
import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import { allOf } from '../aggregates/all-of.js';
import { averageOf } from '../aggregates/average-of.js';
import { countOf } from '../aggregates/count-of.js';
import { maxOf } from '../aggregates/max-of.js';
import { minOf } from '../aggregates/min-of.js';
import { sumOf } from '../aggregates/sum-of.js';
import type { StreamObserver } from '../stream/element.js';
import { sliding } from '../windows/sliding.js';
import { createWindowOperator } from './window.js';

const value = (element: number): number => element;
const statistics: AggregateFunction<number, unknown, unknown> = allOf({
  count: countOf(),
  even: countOf((element: number) => element % 2 === 0),
  sum: sumOf(value),
  least: minOf(value),
  greatest: maxOf(value),
  mean: averageOf(value),
});

/** The same to the engine as one that a user has written, so that each window is added up by itself. */
const unknownToPanes = { ...statistics };

type Step =
  | { readonly type: 'element'; readonly key: string; readonly at: number; readonly near: boolean }
  | { readonly type: 'advance'; readonly by: number; readonly seen: boolean }
  | { readonly type: 'restore'; readonly lost: number };

interface Script {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
  readonly allowedLateness: number;
  readonly time: 'event' | 'processing';
  readonly slice: number;
  readonly origin: number;
  readonly steps: readonly Step[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      type: fc.constant('element' as const),
      key: fc.constantFrom('a', 'a', 'b', 'c'),
      at: fc.integer({ min: -60, max: 60 }),
      near: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      by: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.integer({ min: -3, max: 60 })),
      seen: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restore' as const), lost: fc.integer({ min: 0, max: 4 }) }) },
);

const script: fc.Arbitrary<Script> = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  slide: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 45 })),
  offset: fc.integer({ min: -30, max: 30 }),
  allowedLateness: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  time: fc.constantFrom('event' as const, 'event' as const, 'processing' as const),
  slice: fc.integer({ min: 1, max: 4 }),
  origin: fc.constantFrom(0, -1_000, 1_700_000_000_000, -(2 ** 52)),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

const LATE = {};

/** One of the two: an operator with its bench, through restores. */
class Side {
  private bench: OperatorBench;
  private operator: StreamObserver<unknown>;
  private readonly kept: Output[] = [];
  private readonly create: ReturnType<typeof createWindowOperator>;

  constructor(
    private readonly given: Script,
    private readonly aggregate: AggregateFunction<number, unknown, unknown>,
  ) {
    const { size, slide, offset, time, allowedLateness } = given;
    this.create = createWindowOperator('windowBy', sliding(size, slide, { offset, time }), {
      allowedLateness,
      late: LATE,
    });
    this.bench = new OperatorBench({ slice: given.slice, now: given.origin });
    this.operator = this.open();
  }

  element(key: string, element: number, timestamp: number): void {
    this.bench.inputKey.key = key;
    this.operator.next(element, timestamp);
  }

  watermark(timestamp: number): void {
    this.operator.watermark(timestamp);
    this.bench.finish();
  }

  clock(now: number, seen: boolean): void {
    this.bench.now = now;
    if (seen) this.bench.advanceClock(now);
  }

  /** From a snapshot that is encoded after `lose` has changed the state. */
  restore(lose: () => void): void {
    const encode = this.bench.capture(this.operator);
    this.kept.push(...this.bench.take());
    const { now } = this.bench;
    lose();
    const restored = encode();
    this.bench = new OperatorBench({ restored, slice: this.given.slice, now });
    this.operator = this.open();
  }

  /** What came out since: sorted, as keys have no order among them at one time. */
  take(): string[] {
    const outputs = [...this.kept.splice(0), ...this.bench.take()];
    return outputs.flatMap(line).sort();
  }

  /** The times of what a watermark has fired since. */
  times(): number[] {
    return this.bench.outputs.flatMap((output) => (output.type === 'next' ? [output.timestamp] : []));
  }

  private open(): StreamObserver<unknown> {
    return this.create(this.bench.context, [{ aggregate: this.aggregate as never, out: this.bench.out as never }]);
  }
}

function line(output: Output): string[] {
  if (output.type === 'next' || output.type === 'side') {
    return [JSON.stringify([output.type, output.value, output.timestamp])];
  }
  return output.type === 'watermark' ? [`watermark ${output.timestamp}`] : [];
}

function compare(given: Script): void {
  const panes = new Side(given, statistics);
  const windows = new Side(given, unknownToPanes);
  const both = (act: (side: Side) => void): void => {
    act(panes);
    act(windows);
  };
  const byClock = given.time === 'processing';
  let now = given.origin;
  let started = false;
  let element = 0;
  const end: Step = { type: 'advance', by: 1_000, seen: true };
  for (const one of [...given.steps, end]) {
    if (one.type === 'element') {
      const timestamp = one.near && started ? now + (one.at % 25) : given.origin + one.at;
      element++;
      both((side) => side.element(one.key, (element * 7919) % 101, byClock ? Number.NaN : timestamp));
    } else if (one.type === 'advance') {
      now += byClock ? Math.max(0, one.by) : one.by;
      started = true;
      both((side) => (byClock ? side.clock(now, one.seen) : side.watermark(now)));
    } else {
      both((side) =>
        side.restore(() => {
          for (let lost = 0; lost < one.lost; lost++) side.element('a', -1, byClock ? Number.NaN : now + 7 * lost);
          if (!byClock) side.watermark(now + 1_000);
        }),
      );
    }
    if (one.type === 'advance') expect(panes.times()).toEqual([...panes.times()].sort((a, b) => a - b));
    expect(panes.take()).toEqual(windows.take());
  }
  if (!byClock) both((side) => side.watermark(Number.POSITIVE_INFINITY));
  expect(panes.take()).toEqual(windows.take());
}

describe(`sliding windows by panes against windows added up one by one (${replay})`, { timeout }, () => {
  it('emits the same in the same step', () => check(script, compare));
});

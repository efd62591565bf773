import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWithTimestamps } from '../../packages/core/src/operators/with-timestamps-input.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import type { SourceSplits } from '../../packages/core/src/stream/splits.js';
import { boundedOutOfOrderness } from '../../packages/core/src/time/index.js';
import { OperatorBench, type Output } from './operator-bench.js';
import { check, replay, timeout } from './runs.js';

type Step =
  | { readonly type: 'element'; readonly split: number; readonly timestamp: number }
  | { readonly type: 'clock'; readonly by: number }
  | { readonly type: 'add' }
  | { readonly type: 'end'; readonly split: number }
  | { readonly type: 'restore'; readonly lost: readonly number[] };

interface Script {
  readonly bound: number;
  readonly every: number;
  readonly splits: number;
  readonly steps: readonly Step[];
}

const split = fc.integer({ min: 0, max: 4 });
const timestamp = fc.integer({ min: -50, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('element' as const), split, timestamp }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('clock' as const), by: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'add' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('end' as const), split }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restore' as const), lost: fc.array(timestamp) }) },
);

/** What is known of a split. */
interface ModelSplit {
  newest: number;
  watermark: number;
  ended: boolean;
}

interface MutableSplits extends SourceSplits {
  current: number;
  readonly ids: string[];
}

const open = (count: number): MutableSplits => ({
  current: 0,
  known: true,
  ids: Array.from({ length: count }, (_, place) => `split ${place}`),
  watermarks: [],
  ended: undefined,
});

describe(`watermarks against a brute-force model (${replay})`, { timeout }, () => {
  it('the least of all splits that have not ended, and never back', () => {
    const script: fc.Arbitrary<Script> = fc.record({
      bound: fc.integer({ min: 0, max: 20 }),
      every: fc.constantFrom(0, 1, 5),
      splits: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(step, { maxLength: 50, size: 'max' }),
    });
    check(script, compare);
  });

  it('idle when a split has really been silent so long, time held back not counted', () => {
    const silence: fc.Arbitrary<Silence> = fc.oneof(
      fc.constant({ type: 'element' as const }),
      fc.record({ type: fc.constant('clock' as const), by: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ type: fc.constant('hold' as const), held: fc.boolean() }),
    );
    check(
      fc.record({
        idleAfter: fc.integer({ min: 4, max: 40 }),
        steps: fc.array(silence, { maxLength: 40, size: 'max' }),
      }),
      checkIdle,
    );
  });
});

function compare({ bound, every, splits: count, steps }: Script): void {
  const create = createWithTimestamps((value: number) => value, boundedOutOfOrderness(bound), { every });
  let splits = open(count);
  let bench = new OperatorBench({ splits });
  let operator = create(bench.context, bench.out) as StreamObserver<number>;
  const model: ModelSplit[] = [];
  const addToModel = (): void =>
    void model.push({ newest: Number.NEGATIVE_INFINITY, watermark: Number.NEGATIVE_INFINITY, ended: false });
  for (let place = 0; place < count; place++) addToModel();
  let expected = Number.NEGATIVE_INFINITY;
  let nextPeriod = every === 0 ? Number.POSITIVE_INFINITY : every;
  const ask = (one: ModelSplit): void => {
    if (!one.ended) one.watermark = Math.max(one.watermark, one.newest - bound - 1);
  };
  const combine = (): void => {
    const open = model.filter(({ ended }) => !ended);
    if (open.length > 0) expected = Math.max(expected, Math.min(...open.map(({ watermark }) => watermark)));
  };
  for (const one of steps) {
    const before = expected;
    if (one.type === 'element') {
      const place = one.split % model.length;
      const target = model[place] as ModelSplit;
      if (target.ended) continue;
      splits.current = place;
      operator.next(one.timestamp, Number.NaN);
      target.newest = Math.max(target.newest, one.timestamp);
      if (every === 0) ask(target);
    } else if (one.type === 'clock') {
      bench.advanceClock(bench.now + one.by);
      if (bench.now >= nextPeriod) {
        nextPeriod = bench.now + every;
        model.forEach(ask);
      }
    } else if (one.type === 'add') {
      splits.ids.push(`split ${splits.ids.length}`);
      addToModel();
      // It is taken up with the next element or period; until then it does not matter.
      bench.advanceClock(Math.max(bench.now, nextPeriod === Number.POSITIVE_INFINITY ? 0 : nextPeriod));
      if (every === 0) {
        splits.current = splits.ids.length - 1;
        operator.next(-100, Number.NaN);
        (model.at(-1) as ModelSplit).newest = -100;
        ask(model.at(-1) as ModelSplit);
      } else {
        nextPeriod = bench.now + every;
        model.forEach(ask);
      }
    } else if (one.type === 'end') {
      const place = one.split % model.length;
      splits.ended?.(place);
      ask(model[place] as ModelSplit);
      (model[place] as ModelSplit).ended = true;
    } else {
      const encode = bench.capture(operator);
      for (const lost of one.lost) operator.next(lost, Number.NaN);
      const { now } = bench;
      splits = open(splits.ids.length);
      bench = new OperatorBench({ splits, now, restored: encode() });
      operator = create(bench.context, bench.out) as StreamObserver<number>;
      for (const known of model) {
        known.newest = Number.NEGATIVE_INFINITY;
        // Whoever reads the split says so again.
        known.ended = false;
      }
      if (every !== 0) nextPeriod = now + every;
    }
    combine();
    const sent = bench.take().flatMap((output) => (output.type === 'watermark' ? [output.timestamp] : []));
    // A restored one is said again: what waits for the least of several inputs must not wait for it.
    const again = one.type === 'restore' && Math.abs(expected) < Number.POSITIVE_INFINITY;
    expect(sent).toEqual(expected > before || again ? [expected] : []);
    for (const [place, { watermark }] of model.entries()) expect(splits.watermarks[place]).toBe(watermark);
  }
}

type Silence =
  | { readonly type: 'element' }
  | { readonly type: 'clock'; readonly by: number }
  | { readonly type: 'hold'; readonly held: boolean };

/** Idleness is looked for four times per `idleAfter`, so it may be seen that much late, twice over: after the last element, and at the end. */
function checkIdle({ idleAfter, steps }: { readonly idleAfter: number; readonly steps: readonly Silence[] }): void {
  const splits = open(1);
  const bench = new OperatorBench({ splits });
  const operator = createWithTimestamps(() => 0, boundedOutOfOrderness(0), { idleAfter })(bench.context, bench.out);
  let silent = 0;
  let held = false;
  let idle = false;
  for (const one of steps) {
    if (one.type === 'element') {
      operator.next(0, Number.NaN);
      silent = 0;
    } else if (one.type === 'hold') {
      held = one.held;
      splits.heldBack?.(held);
    } else {
      for (let ms = 0; ms < one.by; ms++) {
        bench.advanceClock(bench.now + 1);
        if (!held) silent++;
      }
    }
    idle = lastStatus(bench.take()) ?? idle;
    if (idle) expect(silent).toBeGreaterThanOrEqual(idleAfter);
    else if (!held) expect(silent).toBeLessThanOrEqual(idleAfter * 1.5 + 4);
  }
}

function lastStatus(outputs: readonly Output[]): boolean | undefined {
  return outputs.flatMap((output) => (output.type === 'status' ? [output.idle] : [])).at(-1);
}

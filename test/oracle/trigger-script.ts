import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { createWindowOperator } from '../../packages/core/src/operators/window.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import {
  type Evictor,
  everyEventTime,
  evictByCount,
  evictByDelta,
  evictByTime,
  globalWindow,
  neverFire,
  onCount,
  onDelta,
  onEventTime,
  purging,
  sliding,
  type Trigger,
  type WindowAssigner,
} from '../../packages/core/src/windows/index.js';
import { OperatorBench, type Output } from './operator-bench.js';
import { type EvictorKind, type TriggeredWindows, type TriggerKind, TriggerModel } from './trigger-model.js';

type Step =
  | { readonly type: 'element'; readonly key: string; readonly timestamp: number; readonly value: number }
  | { readonly type: 'advance'; readonly by: number }
  | { readonly type: 'restore' };

export interface TriggerScript {
  readonly windows: TriggeredWindows;
  readonly slice: number;
  readonly origin: number;
  readonly steps: readonly Step[];
}

const small = (max: number) => fc.integer({ min: 1, max });
const when = fc.constantFrom('before' as const, 'after' as const);
const trigger: fc.Arbitrary<TriggerKind> = fc.oneof(
  fc.constant({ kind: 'eventTime' as const }),
  fc.record({ kind: fc.constant('count' as const), n: small(4) }),
  fc.record({ kind: fc.constant('every' as const), interval: small(12) }),
  fc.record({ kind: fc.constant('delta' as const), threshold: fc.integer({ min: 0, max: 6 }) }),
  { weight: 1, arbitrary: fc.constant({ kind: 'never' as const }) },
);
const evictor: fc.Arbitrary<EvictorKind | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ kind: fc.constant('count' as const), n: fc.integer({ min: 0, max: 3 }), when }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 10 }), when }),
  fc.record({ kind: fc.constant('delta' as const), threshold: fc.integer({ min: 0, max: 6 }), when }),
);
const windows: fc.Arbitrary<TriggeredWindows> = fc.record({
  size: fc.oneof(fc.constant(undefined), small(20), small(20)),
  slide: small(15),
  trigger,
  purging: fc.boolean(),
  evictor,
  allowedLateness: fc.oneof(fc.constant(0), small(20)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('element' as const),
      key: fc.constantFrom('a', '__proto__'),
      timestamp: fc.integer({ min: -12, max: 12 }),
      value: fc.integer({ min: -5, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('advance' as const), by: fc.integer({ min: -1, max: 15 }) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
);

/** Windows with any trigger, purging or not, and any evictor; elements around the watermark. */
export const triggerScripts: fc.Arbitrary<TriggerScript> = fc.record({
  windows,
  slice: small(4),
  origin: fc.constantFrom(0, -1_000, 1_700_000_000_000),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

const LATE = {};

/** Runs a script through operator and model and compares what each step emits. */
export function compareTriggers({ windows: what, slice, origin, steps }: TriggerScript): void {
  const model = new TriggerModel(what);
  const create = createWindowOperator<number, object>('windowBy', assignerOf(what), {
    allowedLateness: what.allowedLateness,
    late: LATE,
    trigger: triggerOf(what),
    ...(what.evictor && { evictor: evictorOf(what.evictor) }),
  });
  let bench = new OperatorBench({ slice });
  const open = (): StreamObserver<unknown> => create(bench.context, [{ aggregate: undefined, out: bench.out }]);
  let operator = open();
  let watermark = origin - 15;
  model.advance(watermark);
  operator.watermark(watermark);
  let lates = 0;
  for (const one of [...steps, { type: 'advance' as const, by: 60 }]) {
    let expected: string[] = [];
    if (one.type === 'element') {
      const timestamp = watermark + one.timestamp;
      expected = model.element(one.key, timestamp, one.value).map(show);
      bench.inputKey.key = one.key;
      operator.next(one.value, timestamp);
    } else if (one.type === 'advance') {
      watermark += Math.max(0, one.by);
      expected = model.advance(watermark).map(show);
      operator.watermark(watermark);
      bench.finish();
    } else {
      bench = new OperatorBench({ restored: bench.snapshot(operator), slice });
      operator = open();
      expected = model.restored().map(show);
      operator.watermark(watermark);
      bench.finish();
    }
    const outputs = bench.take();
    deepStrictEqual(outputs.flatMap(fired).sort(), expected.sort());
    const late = outputs.flatMap((output) => (output.type === 'side' ? [output.value] : []));
    deepStrictEqual(late, model.late.slice(lates));
    lates = model.late.length;
  }
}

function show({ key, start, values }: { key: string; start?: number | undefined; values: readonly number[] }): string {
  return JSON.stringify([key, start ?? null, values]);
}

function fired(output: Output): string[] {
  if (output.type !== 'next') return [];
  const { key, window, values } = output.value as {
    readonly key: string;
    readonly window: { readonly start?: number };
    readonly values: readonly number[];
  };
  return [show({ key, start: window.start, values })];
}

function assignerOf({ size, slide }: TriggeredWindows): WindowAssigner<number, object> {
  return size === undefined ? globalWindow() : sliding(size, slide);
}

function triggerOf({ trigger: kind, purging: purges }: TriggeredWindows): Trigger<number> {
  const plain = plainTrigger(kind);
  return purges ? purging(plain) : plain;
}

function plainTrigger(kind: TriggerKind): Trigger<number> {
  switch (kind.kind) {
    case 'eventTime':
      return { ...onEventTime() };
    case 'count':
      return onCount(kind.n);
    case 'every':
      return everyEventTime(kind.interval);
    case 'delta':
      return onDelta(kind.threshold, (before: number, now) => Math.abs(now - before));
    case 'never':
      return neverFire();
  }
}

function evictorOf(kind: EvictorKind): Evictor<number> {
  const options = { when: kind.when };
  switch (kind.kind) {
    case 'count':
      return evictByCount(kind.n, options);
    case 'time':
      return evictByTime(kind.ms, options);
    case 'delta':
      return evictByDelta(kind.threshold, (value: number, newest) => Math.abs(newest - value), options);
  }
}

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { countOf } from '../../packages/core/src/aggregates/count-of.js';
import { sumOf } from '../../packages/core/src/aggregates/sum-of.js';
import { createWindowOperator } from '../../packages/core/src/operators/window.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import {
  session,
  sliding,
  type TimeWindow,
  tumbling,
  type WindowAssigner,
} from '../../packages/core/src/windows/index.js';
import { onEventTime } from '../../packages/core/src/windows/time-triggers.js';
import { OperatorBench, type Output } from './operator-bench.js';
import { type ModelElement, type ModelOutput, type ModelWindows, WindowModel } from './window-model.js';

type Step =
  | { readonly type: 'element'; readonly key: string; readonly timestamp: number; readonly near: boolean }
  | { readonly type: 'advance'; readonly by: number }
  /** Restores from a snapshot that was taken before elements that were then lost. */
  | { readonly type: 'restore'; readonly lost: readonly { readonly key: string; readonly timestamp: number }[] };

export interface WindowScript {
  readonly windows: ModelWindows;
  readonly allowedLateness: number;
  readonly slice: number;
  readonly origin: number;
  /** The way of any trigger instead of the fast one. */
  readonly general: boolean;
  readonly steps: readonly Step[];
}

const key = fc.constantFrom('a', '__proto__');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('element' as const),
      key,
      timestamp: fc.integer({ min: -40, max: 40 }),
      near: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      by: fc.oneof(fc.integer({ min: -1, max: 6 }), fc.integer({ min: -3, max: 25 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('restore' as const),
      lost: fc.array(fc.record({ key, timestamp: fc.integer({ min: -40, max: 80 }) })),
    }),
  },
);
const aligned = fc.record({
  kind: fc.constant('aligned' as const),
  size: fc.integer({ min: 1, max: 20 }),
  slide: fc.integer({ min: 1, max: 25 }),
  offset: fc.integer({ min: -30, max: 30 }),
});
const script = (windows: fc.Arbitrary<ModelWindows>): fc.Arbitrary<WindowScript> =>
  fc.record({
    windows,
    allowedLateness: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })),
    slice: fc.integer({ min: 1, max: 4 }),
    origin: fc.constantFrom(0, -1_000, 1_700_000_000_000, -(2 ** 52)),
    general: fc.boolean(),
    steps: fc.array(step, { maxLength: 40, size: 'max' }),
  });

/** Scripts by what they are about. */
export const windowScripts: Readonly<Record<'tumbling' | 'sliding' | 'sessions', fc.Arbitrary<WindowScript>>> = {
  tumbling: script(aligned.map((windows) => ({ ...windows, slide: windows.size }))),
  sliding: script(aligned),
  sessions: script(fc.record({ kind: fc.constant('session' as const), gap: fc.integer({ min: 1, max: 15 }) })),
};

const LATE = {};

/** Runs a script through operator and model and compares what each step emits. */
export function compareWindows(given: WindowScript): void {
  const model = new WindowModel(given.windows, given.allowedLateness);
  const create = createWindowOperator<number, TimeWindow>('windowBy', assignerOf(given.windows), {
    allowedLateness: given.allowedLateness,
    late: LATE,
    // A trigger that is not known to be the default one, though it does the same.
    ...(given.general && { trigger: { ...onEventTime() } }),
  });
  let bench = new OperatorBench({ slice: given.slice });
  const open = (): StreamObserver<unknown> =>
    create(bench.context, [
      { aggregate: undefined, out: bench.out },
      { aggregate: sumOf((value: number) => value), out: bench.recorder(sums) },
      { aggregate: countOf(), out: bench.recorder(counts) },
    ]);
  const sums: Output[] = [];
  const counts: Output[] = [];
  let operator = open();
  let watermark = Number.NEGATIVE_INFINITY;
  let value = 0;
  const steps: readonly Step[] = [...given.steps, { type: 'advance', by: Number.POSITIVE_INFINITY }];
  for (const one of steps) {
    let expected: ModelOutput[] = [];
    if (one.type === 'element') {
      // What is decided is mostly decided near the watermark.
      const near = one.near && Number.isFinite(watermark);
      const timestamp = near ? watermark + (one.timestamp % 9) : given.origin + one.timestamp;
      const element = { key: one.key, timestamp, value: value++ };
      expected = model.element(element);
      bench.inputKey.key = element.key;
      operator.next(element.value, element.timestamp);
    } else if (one.type === 'advance') {
      watermark = Math.max(watermark, given.origin - 50) + one.by;
      expected = model.advance(watermark);
      operator.watermark(watermark);
      bench.finish();
    } else {
      const encode = bench.capture(operator);
      for (const lost of one.lost) {
        bench.inputKey.key = lost.key;
        operator.next(-1, given.origin + lost.timestamp);
      }
      operator.watermark(Number.POSITIVE_INFINITY);
      bench.finish();
      const restored = encode();
      sums.length = 0;
      counts.length = 0;
      bench = new OperatorBench({ restored, slice: given.slice });
      operator = open();
    }
    const outputs = bench.take();
    deepStrictEqual(sorted(outputs.flatMap(comparable)), sorted(expected.flatMap(expectedOutput)));
    expectOrder(outputs, one);
    expectConsumers(outputs, sums.splice(0), counts.splice(0));
  }
}

function assignerOf(windows: ModelWindows): WindowAssigner<unknown, TimeWindow> {
  if (windows.kind === 'session') return session(windows.gap);
  const { size, slide, offset } = windows;
  return size === slide ? tumbling(size, { offset }) : sliding(size, slide, { offset });
}

interface Fired {
  readonly key: string;
  readonly window: TimeWindow;
  readonly values: readonly number[];
}

function comparable(output: Output): string[] {
  if (output.type === 'side') return [JSON.stringify(['late', output.value, output.timestamp])];
  if (output.type !== 'next') return [];
  const { key, window, values } = output.value as Fired;
  strictEqual(output.timestamp, window.end - 1);
  return [JSON.stringify(['fired', key, window.start, window.end, values])];
}

function expectedOutput(output: ModelOutput): string[] {
  if (output.type === 'vanished') return [];
  if (output.type === 'fired') return [JSON.stringify(['fired', output.key, output.start, output.end, output.values])];
  const { value, timestamp }: ModelElement = output.element;
  return [JSON.stringify(['late', value, timestamp])];
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}

/** A watermark fires windows in order of time, all keys together, and goes on behind their results. */
function expectOrder(outputs: readonly Output[], step: Step): void {
  if (step.type !== 'advance') return;
  const times = outputs.flatMap((output) => (output.type === 'next' ? [output.timestamp] : []));
  deepStrictEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  const at = outputs.findIndex(({ type }) => type === 'watermark');
  if (at >= 0) strictEqual(at, outputs.length - 1);
}

/** Every consumer of the windows gets the same firings in the same order. */
function expectConsumers(windows: readonly Output[], sums: readonly Output[], counts: readonly Output[]): void {
  const results = (outputs: readonly Output[]): unknown[] =>
    outputs.flatMap((output) => (output.type === 'next' ? [output.value] : []));
  const fired = results(windows) as Fired[];
  deepStrictEqual(
    results(sums),
    fired.map(({ key, window, values }) => ({ key, window, value: values.reduce((sum, one) => sum + one, 0) })),
  );
  deepStrictEqual(
    results(counts),
    fired.map(({ key, window, values }) => ({ key, window, value: values.length })),
  );
}

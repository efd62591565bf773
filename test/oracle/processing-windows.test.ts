import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindowOperator } from '../../packages/core/src/operators/window.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import { session, sliding, type TimeWindow } from '../../packages/core/src/windows/index.js';
import { OperatorBench } from './operator-bench.js';
import { check, replay, timeout } from './runs.js';
import { type ModelOutput, type ModelWindows, WindowModel } from './window-model.js';

type Step =
  | { readonly type: 'element'; readonly key: string }
  /** The clock moves; `seen`: the loop looks at it before the next element. */
  | { readonly type: 'clock'; readonly by: number; readonly seen: boolean }
  | { readonly type: 'restore' };

interface Script {
  readonly windows: ModelWindows;
  readonly steps: readonly Step[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('element' as const), key: fc.constantFrom('a', 'b') }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('clock' as const),
      by: fc.integer({ min: 0, max: 12 }),
      seen: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'restore' as const }) },
);
const windows: fc.Arbitrary<ModelWindows> = fc.oneof(
  fc.record({
    kind: fc.constant('aligned' as const),
    size: fc.integer({ min: 1, max: 15 }),
    slide: fc.integer({ min: 1, max: 15 }),
    offset: fc.integer({ min: -5, max: 5 }),
  }),
  fc.record({ kind: fc.constant('session' as const), gap: fc.integer({ min: 1, max: 10 }) }),
);

describe(`windows of processing time against a brute-force model (${replay})`, { timeout }, () => {
  it('fire by the clock, with elements and without', () => {
    check(fc.record({ windows, steps: fc.array(step, { maxLength: 50, size: 'max' }) }), compare);
  });
});

/** To the model the clock is event time: an element has its time, and everything before it is over. */
function compare({ windows: kind, steps }: Script): void {
  const model = new WindowModel(kind, 0);
  const create = createWindowOperator<number, TimeWindow>(
    'windowBy',
    kind.kind === 'session'
      ? session(kind.gap, { time: 'processing' })
      : sliding(kind.size, kind.slide, { offset: kind.offset, time: 'processing' }),
  );
  let bench = new OperatorBench();
  const open = (): StreamObserver<unknown> => create(bench.context, [{ aggregate: undefined, out: bench.out }]);
  let operator = open();
  let value = 0;
  const fired: string[] = [];
  const expected: string[] = [];
  const expectMore = (outputs: readonly ModelOutput[]): void => {
    for (const output of outputs) {
      if (output.type === 'fired') expected.push(JSON.stringify([output.key, output.start, output.end, output.values]));
    }
  };
  for (const one of [...steps, { type: 'clock' as const, by: 100, seen: true }]) {
    if (one.type === 'element') {
      expectMore(model.advance(bench.now - 1));
      expectMore(model.element({ key: one.key, timestamp: bench.now, value }));
      bench.inputKey.key = one.key;
      operator.next(value++, Number.NaN);
    } else if (one.type === 'clock') {
      bench.now += one.by;
      if (one.seen) {
        expectMore(model.advance(bench.now - 1));
        bench.advanceClock(bench.now);
      }
    } else {
      bench = new OperatorBench({ restored: bench.snapshot(operator), now: bench.now });
      operator = open();
    }
    for (const [result, timestamp] of bench.takeValues()) {
      const { key, window, values } = result as { key: string; window: TimeWindow; values: readonly number[] };
      expect(timestamp).toBe(window.end - 1);
      fired.push(JSON.stringify([key, window.start, window.end, values]));
    }
    expect([...fired].sort()).toEqual([...expected].sort());
  }
}

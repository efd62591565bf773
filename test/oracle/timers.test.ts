import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProcessKeyed } from '../../packages/core/src/operators/process-keyed.js';
import { createProcessWith } from '../../packages/core/src/operators/process-with.js';
import { listState } from '../../packages/core/src/state/list-state.js';
import { valueStateOf } from '../../packages/core/src/state/value-state.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import type { KeyRegister } from '../../packages/core/src/stream/operator.js';
import { OperatorBench, type Output } from './operator-bench.js';
import { check, replay, timeout } from './runs.js';
import { type Domain, type Order, type TimerElement, type TimerFiring, TimerModel } from './timer-model.js';

type Step =
  | { readonly type: 'element'; readonly key: string; readonly orders: readonly Order[] }
  | { readonly type: 'watermark'; readonly by: number }
  | { readonly type: 'clock'; readonly by: number }
  | { readonly type: 'restore'; readonly lost: readonly TimerElement[] };

interface Script {
  readonly slice: number;
  readonly again: number;
  readonly times: number;
  readonly steps: readonly Step[];
}

const domain = fc.constantFrom<Domain>('event', 'processing');
const order: fc.Arbitrary<Order> = fc.record({ domain, remove: fc.boolean(), at: fc.integer({ min: -20, max: 60 }) });
const element = fc.record({ key: fc.constantFrom('a', 'b', 'c'), orders: fc.array(order, { maxLength: 5 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: element.map((one) => ({ type: 'element' as const, ...one })) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('watermark' as const), by: fc.integer({ min: -3, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('clock' as const), by: fc.integer({ min: 0, max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('restore' as const), lost: fc.array(element, { maxLength: 5 }) }),
  },
);
const script: fc.Arbitrary<Script> = fc.record({
  slice: fc.integer({ min: 1, max: 4 }),
  again: fc.integer({ min: -3, max: 10 }),
  times: fc.integer({ min: 0, max: 4 }),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

type Input = StreamObserver<TimerElement>;

/** An operator under test, with an input and a way to make the watermark of all of its inputs. */
interface Opened {
  readonly next: (element: TimerElement) => void;
  readonly inputs: readonly Input[];
}

describe(`timers against a brute-force model (${replay})`, { timeout }, () => {
  it('of processKeyed', () => {
    check(script, (given) =>
      compare(given, (bench) => {
        const input: Input = createProcessKeyed(handlersOf(given))(bench.context, bench.out);
        return {
          inputs: [input],
          next(value) {
            bench.inputKey.key = value.key;
            input.next(value, 0);
          },
        };
      }),
    );
  });

  it('of processWith, elements on either side', () => {
    check(script, (given) =>
      compare(given, (bench) => {
        const { onElement, onTimer, state } = handlersOf(given);
        const keys: readonly [KeyRegister, KeyRegister] = [{ key: undefined }, { key: undefined }];
        const inputs = createProcessWith({ onLeft: onElement, onRight: onElement, onTimer, state })(
          bench.context,
          keys,
          bench.out,
        );
        let side: 0 | 1 = 0;
        return {
          inputs,
          next(value) {
            side = side === 0 ? 1 : 0;
            keys[side].key = value.key;
            inputs[side].next(value, 0);
          },
        };
      }),
    );
  });
});

function handlersOf({ again, times }: Script) {
  return {
    state: { fired: valueStateOf(() => 0), log: listState<number>() },
    onElement({ orders }: TimerElement, context: TimerHandles): void {
      for (const { domain, remove, at } of orders) {
        if (domain === 'event') remove ? context.timers.deleteEvent(at) : context.timers.event(at);
        else remove ? context.timers.deleteProcessing(at) : context.timers.processing(at);
      }
    },
    onTimer(
      timestamp: number,
      context: TimerHandles & { readonly domain: Domain; readonly key: unknown },
    ): TimerFiring {
      const { state, timers, domain } = context;
      state.log.add(timestamp);
      if (state.fired.get() < times) {
        state.fired.set(state.fired.get() + 1);
        if (domain === 'event') timers.event(timestamp + again);
        else timers.processing(timestamp + again);
      }
      return { key: context.key as string, domain, at: timestamp, history: [...state.log.get()] };
    },
  };
}

interface TimerHandles {
  readonly state: {
    readonly fired: { get(): number; set(value: number): void };
    readonly log: { get(): readonly number[]; add(value: number): void };
  };
  readonly timers: Record<'event' | 'processing' | 'deleteEvent' | 'deleteProcessing', (timestamp: number) => void>;
}

function compare(given: Script, open: (bench: OperatorBench) => Opened): void {
  const model = new TimerModel(given.again, given.times);
  let bench = new OperatorBench({ slice: given.slice });
  let operator = open(bench);
  let watermark = -30;
  let highest = watermark;
  let restored = false;
  const steps: readonly Step[] = [...given.steps, { type: 'watermark', by: 500 }, { type: 'clock', by: 500 }];
  for (const one of steps) {
    let expected: TimerFiring[] = [];
    if (one.type === 'element') {
      model.element(one);
      operator.next(one);
    } else if (one.type === 'watermark') {
      // A watermark given again after a restore fires what was set behind it: that is for the vectors to show.
      watermark = restored ? Math.max(highest + 1, watermark + one.by) : watermark + one.by;
      highest = Math.max(highest, watermark);
      restored = false;
      expected = model.advance('event', watermark);
      for (const input of operator.inputs) input.watermark(watermark);
      bench.finish();
    } else if (one.type === 'clock') {
      expected = model.advance('processing', bench.now + one.by);
      bench.advanceClock(bench.now + one.by);
      bench.finish();
    } else {
      const encode = bench.capture(...operator.inputs);
      for (const lost of one.lost) operator.next(lost);
      for (const input of operator.inputs) input.watermark(1_000);
      bench.finish();
      restored = true;
      bench = new OperatorBench({ restored: encode(), slice: given.slice, now: bench.now });
      operator = open(bench);
    }
    const outputs = bench.take();
    const fired = outputs.flatMap((output) => (output.type === 'next' ? [output.value as TimerFiring] : []));
    expect(sorted(fired)).toEqual(sorted(expected));
    expectOrder(outputs, fired);
  }
}

function sorted(firings: readonly TimerFiring[]): string[] {
  return firings.map((firing) => JSON.stringify(firing)).sort();
}

/** In order of time, but for timers that were set back; the watermark goes on behind them. */
function expectOrder(outputs: readonly Output[], fired: readonly TimerFiring[]): void {
  const at = outputs.findIndex(({ type }) => type === 'watermark');
  if (at >= 0) expect(at).toBe(outputs.length - 1);
  for (const [place, { at: time, history }] of fired.entries()) {
    const before = fired[place - 1];
    if (before !== undefined && before.at > time) expect(history.length).toBeGreaterThan(1);
  }
}

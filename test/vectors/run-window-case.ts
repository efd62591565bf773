import { listOf } from '../../packages/core/src/aggregates/list-of.js';
import { sumOf } from '../../packages/core/src/aggregates/sum-of.js';
import { type CreateWindows, createWindowOperator } from '../../packages/core/src/operators/window.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import {
  type CountWindow,
  dynamicSession,
  type Evictor,
  everyEventTime,
  evictByCount,
  evictByDelta,
  evictByTime,
  type GlobalWindow,
  globalWindow,
  onCount,
  onDelta,
  onEventTime,
  purging,
  session,
  sliding,
  slidingCount,
  type TimeWindow,
  type Trigger,
  tumbling,
  tumblingCount,
  type WindowAssigner,
} from '../../packages/core/src/windows/index.js';
import { OperatorBench } from '../oracle/operator-bench.js';
import {
  type EvictorSpec,
  type TriggerSpec,
  time,
  type WindowCase,
  type WindowOutput,
  type WindowSpec,
} from './window-case.js';

const LATE = {};
/** Stands for an allowed lateness without bound, which a duration cannot be. */
const LONGEST = Number.MAX_SAFE_INTEGER;

type AnyWindow = Partial<TimeWindow> & Partial<CountWindow> & GlobalWindow;

/** How the full window function, or an aggregate, is asked for. */
export type Form = 'aggregate' | 'full';

/** Runs a case against the window operator: what came out after each input, and how many elements were dropped. */
export function runWindowCase(test: WindowCase, form: Form): { steps: WindowOutput[][]; dropped: number } {
  const create = operatorOf(test);
  const consumer =
    form === 'full' ? undefined : test.function === 'sum' ? sumOf((value: number) => value) : listOf<number>();
  let bench = new OperatorBench();
  const open = (): StreamObserver<unknown> => create(bench.context, [{ aggregate: consumer, out: bench.out }]);
  let operator = open();
  let dropped = 0;
  let watermark = Number.NEGATIVE_INFINITY;
  const steps = test.input.map((input) => {
    if (input[0] === 'e') {
      const [, key, timestamp, value] = input;
      bench.inputKey.key = key;
      operator.next(value, timestamp);
    } else if (input[0] === 'w') {
      watermark = time(input[1]);
      operator.watermark(watermark);
    } else {
      const restored = bench.snapshot(operator);
      dropped += droppedBy(bench);
      bench = new OperatorBench({ restored });
      operator = open();
      operator.watermark(watermark);
    }
    return outputsOf(bench, test);
  });
  return { steps, dropped: dropped + droppedBy(bench) };
}

function droppedBy(bench: OperatorBench): number {
  return bench.counters.get('late_elements_dropped') ?? 0;
}

function outputsOf(bench: OperatorBench, test: WindowCase): WindowOutput[] {
  return bench.take().flatMap((output): WindowOutput[] => {
    if (output.type === 'side')
      return [['late', bench.inputKey.key as string, output.timestamp, output.value as number]];
    if (output.type !== 'next') return [];
    const { key, window, value, values } = output.value as {
      readonly key: string;
      readonly window: AnyWindow;
      readonly value?: number | readonly number[];
      readonly values?: readonly number[];
    };
    const contents =
      value ?? (test.function === 'sum' ? (values ?? []).reduce((sum, one) => sum + one, 0) : (values ?? []));
    return [['r', key, window.start ?? null, window.end ?? null, output.timestamp, contents]];
  });
}

function operatorOf({ window, trigger, evictor, allowedLateness, lateOutput }: WindowCase): CreateWindows {
  return createWindowOperator<number, AnyWindow>('windowBy', assignerOf(window), {
    allowedLateness: Math.min(LONGEST, time(allowedLateness)),
    ...(trigger && { trigger: triggerOf(trigger) }),
    ...(evictor && { evictor: evictorOf(evictor) }),
    ...(lateOutput && { late: LATE }),
  });
}

function assignerOf(spec: WindowSpec): WindowAssigner<number, AnyWindow> {
  switch (spec.kind) {
    case 'tumbling':
      return tumbling(spec.size, { offset: spec.offset ?? 0 });
    case 'sliding':
      return sliding(spec.size, spec.slide, { offset: spec.offset ?? 0 });
    case 'session':
      return session(spec.gap);
    case 'dynamicSession':
      return dynamicSession((value: number) => spec.base + (value % spec.mod));
    case 'count':
      return tumblingCount(spec.n);
    case 'slidingCount':
      return slidingCount(spec.n, spec.every);
    case 'global':
      return globalWindow();
  }
}

function triggerOf(spec: TriggerSpec): Trigger<number> {
  const trigger = plainTrigger(spec);
  return 'purging' in spec && spec.purging === true ? purging(trigger) : trigger;
}

function plainTrigger(spec: TriggerSpec): Trigger<number> {
  switch (spec.kind) {
    case 'continuousEventTime':
      return everyEventTime(spec.interval);
    case 'count':
      return onCount(spec.n);
    case 'delta':
      return onDelta(spec.threshold, (before: number, now) => Math.abs(now - before));
    case 'eventTime':
    case 'endOfStream':
      return onEventTime();
  }
}

function evictorOf(spec: EvictorSpec): Evictor<number> {
  const options = { when: spec.doEvictAfter ? 'after' : 'before' } as const;
  switch (spec.kind) {
    case 'count':
      return evictByCount(spec.n, options);
    case 'time':
      return evictByTime(spec.ms, options);
    case 'delta':
      return evictByDelta(spec.threshold, (element: number, newest) => Math.abs(newest - element), options);
  }
}

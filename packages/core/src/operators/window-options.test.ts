import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { foldOf } from '../aggregates/fold-of.js';
import {
  dynamicSession,
  everyEventTime,
  everyProcessingTime,
  evictByCount,
  evictByDelta,
  evictByTime,
  globalWindow,
  onCount,
  onDelta,
  purging,
  session,
  sliding,
  slidingCount,
  type Trigger,
  tumbling,
  tumblingCount,
} from '../windows/index.js';
import { createWindowOperator } from './window.js';

const delta = (before: number, now: number): number => now - before;
const wrong = undefined as never;

describe('options of windows that cannot be meant', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['tumbling without a size', () => tumbling(0), 'tumbling: expected `size`'],
    ['tumbling by fractions', () => tumbling(0.5), 'tumbling: expected `size`'],
    ['tumbling in some other time', () => tumbling(1, { time: 'local' as never }), 'tumbling: expected `time`'],
    ['sliding backwards', () => sliding(10, -1), 'sliding: expected `slide`'],
    ['an offset of half a millisecond', () => sliding(10, 5, { offset: 0.5 }), 'sliding: expected `offset`'],
    ['a duration that is none', () => session('1 minute' as never), 'session: expected `gap`'],
    ['a session without a gap', () => session(0), 'session: expected `gap`'],
    ['a dynamic session without a function', () => dynamicSession(wrong), 'dynamicSession: expected `gapOf`'],
    ['count windows of nothing', () => tumblingCount(0), 'tumblingCount: expected `size`'],
    ['count windows that never fire', () => slidingCount(5, 0), 'slidingCount: expected `every`'],
    ['onCount of nothing', () => onCount(0), 'onCount: expected `count`'],
    ['everyEventTime without an interval', () => everyEventTime(0), 'everyEventTime: expected `interval`'],
    [
      'everyProcessingTime without an interval',
      () => everyProcessingTime(-1),
      'everyProcessingTime: expected `interval`',
    ],
    ['onDelta of no threshold', () => onDelta(Number.NaN, delta), 'onDelta: expected `threshold`'],
    ['onDelta without a function', () => onDelta(1, wrong), 'onDelta: expected `delta`'],
    ['purging of nothing', () => purging(wrong), 'purging: expected `trigger`'],
    ['evictByCount below nothing', () => evictByCount(-1), 'evictByCount: expected `keep`'],
    ['evictByTime below nothing', () => evictByTime(-1), 'evictByTime: expected `keep`'],
    ['evictByDelta of no threshold', () => evictByDelta(Number.NaN, delta), 'evictByDelta: expected `threshold`'],
    [
      'an evictor at some other time',
      () => evictByCount(1, { when: 'never' as never }),
      'evictByCount: expected `when`',
    ],
    ['no assigner', () => createWindowOperator('windowBy', wrong), 'windowBy: expected `assigner`'],
    [
      'a lateness below 0',
      () => createWindowOperator('windowBy', tumbling(1), { allowedLateness: -1 }),
      'windowBy: expected `allowedLateness`',
    ],
    ['no trigger', () => createWindowOperator('windowBy', tumbling(1), { trigger: {} as never }), 'expected `trigger`'],
    ['no evictor', () => createWindowOperator('windowBy', tumbling(1), { evictor: {} as never }), 'expected `evictor`'],
    [
      'a trigger that cannot merge, for sessions',
      () => createWindowOperator('windowBy', session(1), { trigger: onDelta(1, delta) as Trigger<unknown> }),
      'expected `trigger`',
    ],
    [
      'a trigger for count windows',
      () => createWindowOperator('windowBy', tumblingCount(1), { trigger: onCount(1) }),
      'expected `trigger`',
    ],
    [
      'an evictor for sliding count windows',
      () => createWindowOperator('windowBy', slidingCount(2, 1), { evictor: evictByCount(1) }),
      'expected `evictor`',
    ],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));

  it('an aggregate that cannot merge, for sessions', () => {
    const aggregate = foldOf<number, number>(
      () => 0,
      (sum, value) => sum + value,
    );
    const bench = new OperatorBench();
    const create = createWindowOperator('windowBy', session(1));
    expect(() => create(bench.context, [{ aggregate, out: bench.out }])).toThrow('SLUICE_AGGREGATE_MERGE');
  });

  it('a gap that an element asks for', () => {
    const bench = new OperatorBench();
    const create = createWindowOperator(
      'windowBy',
      dynamicSession((gap: number) => gap),
    );
    const operator = create(bench.context, [{ aggregate: undefined, out: bench.out }]);
    bench.inputKey.key = 'a';
    expect(() => operator.next(0, 1)).toThrow('dynamicSession: expected `gapOf`');
  });

  it('a global window is no window of event time', () => expect(globalWindow().time).toBe('none'));
});

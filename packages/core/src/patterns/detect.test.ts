import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { boundedOutOfOrderness, detect, keyBy, type Pattern, type PatternStart, withTimestamps } from '../index.js';
import { createDetect, type Detection, type Project } from './detect-input.js';
import { stepsOf } from './pattern.js';

interface Login {
  readonly user: string;
  readonly at: number;
  readonly ok: boolean;
}

const breakIn = (p: PatternStart<Login>) =>
  p
    .begin('failed', (login) => !login.ok)
    .times(2)
    .followedBy('entered', (login) => login.ok)
    .within(100);
const project: Project = ({ failed, entered }, key) =>
  `${key}: ${[...(failed as Login[]), ...(entered as Login[])].map(({ at }) => at).join()}`;

function open(
  options: Partial<Detection> = {},
  bench = new OperatorBench(),
  pattern: (p: PatternStart<Login>) => unknown = breakIn,
) {
  const operator = createDetect(stepsOf(pattern as never), project, {
    skip: 'noSkip',
    time: 'event',
    late: undefined,
    timedOut: undefined,
    ...options,
  })(bench.context, bench.out);
  const give = (user: string, at: number, ok: boolean, timestamp = at): void => {
    bench.inputKey.key = user;
    operator.next({ user, at, ok } as never, timestamp);
  };
  return { bench, operator, give };
}

describe('detect', () => {
  it('goes by event time, key by key, and emits when the watermark has passed', () => {
    const { bench, operator, give } = open();
    give('ann', 30, true);
    give('ann', 20, false);
    give('bob', 25, false);
    give('ann', 10, false);
    operator.watermark(29);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 29 }]);
    operator.watermark(30);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'ann: 10,20,30', timestamp: 30 },
      { type: 'watermark', timestamp: 30 },
    ]);
  });

  it('keeps the order of arrival at equal times', () => {
    const { bench, operator, give } = open();
    for (const ok of [false, false, true]) give('ann', 10, ok);
    operator.watermark(10);
    expect(bench.takeValues()).toEqual([['ann: 10,10,10', 10]]);
  });

  it('sends what is behind the watermark to the late output, or counts it', () => {
    const late = {};
    const { bench, operator, give } = open({ late });
    operator.watermark(50);
    give('ann', 50, false);
    expect(bench.take()).toMatchObject([{ type: 'watermark' }, { type: 'side', target: late, timestamp: 50 }]);
    const counting = open();
    counting.operator.watermark(50);
    counting.give('ann', 50, false);
    expect([...counting.bench.counters.values()]).toEqual([1]);
  });

  it('tells what had begun when its time was over', () => {
    const timedOut = {};
    const { bench, operator, give } = open({ timedOut });
    give('ann', 10, false);
    operator.watermark(109);
    expect(bench.take()).toMatchObject([{ type: 'watermark', timestamp: 109 }]);
    operator.watermark(110);
    expect(bench.take()).toEqual([
      {
        type: 'side',
        target: timedOut,
        timestamp: 110,
        value: { key: 'ann', match: { failed: [{ user: 'ann', at: 10, ok: false }], entered: [] } },
      },
      { type: 'watermark', timestamp: 110 },
    ]);
  });

  it('goes on after a restore in the middle of matches, with elements that still wait', () => {
    const { bench, operator, give } = open({ skip: 'skipPastLast' });
    give('ann', 10, false);
    give('ann', 20, false);
    give('ann', 40, true);
    give('bob', 60, false);
    operator.watermark(30);
    const restored = open({ skip: 'skipPastLast' }, new OperatorBench({ restored: bench.snapshot(operator) }));
    restored.give('ann', 30, true);
    expect([...restored.bench.counters.values()]).toEqual([1]);
    restored.give('bob', 70, false);
    restored.give('bob', 80, true);
    restored.operator.watermark(1_000);
    expect(restored.bench.takeValues()).toEqual([
      ['ann: 10,20,40', 40],
      ['bob: 60,70,80', 80],
    ]);
  });

  it('keeps nothing of a key whose matches are over', () => {
    const { bench, operator, give } = open();
    const empty = bench.snapshot(operator).length;
    for (let at = 0; at < 200; at += 20) give(`user ${at}`, at, false);
    operator.watermark(150);
    expect(bench.snapshot(operator).length).toBeGreaterThan(empty);
    operator.watermark(1_000);
    expect(bench.snapshot(operator).length).toBe(empty);
  });

  it('refuses the state of another pattern', () => {
    const { bench, operator, give } = open();
    give('ann', 10, false);
    const restored = bench.snapshot(operator);
    const other = (p: PatternStart<Login>) =>
      p.begin('failed', (login) => !login.ok).followedBy('entered', (login) => login.ok);
    expect(() => open({}, new OperatorBench({ restored }), other)).toThrow('SLUICE_STATE_VERSION');
  });

  it('goes by the clock when told so', () => {
    const timedOut = {};
    const { bench, give } = open({ time: 'processing', timedOut, skip: 'skipPastLast' });
    give('ann', 1, false, Number.NaN);
    give('ann', 2, false, Number.NaN);
    bench.advanceClock(99);
    give('ann', 3, true, Number.NaN);
    expect(bench.takeValues()).toEqual([['ann: 1,2,3', 99]]);
    give('ann', 4, false, Number.NaN);
    bench.advanceClock(199);
    expect(bench.take()).toMatchObject([{ type: 'side', timestamp: 199 }]);
  });

  it('works in place, with elements out of order', async () => {
    const logins: readonly Login[] = [
      { user: 'ann', at: 2, ok: false },
      { user: 'ann', at: 1, ok: false },
      { user: 'bob', at: 3, ok: true },
      { user: 'ann', at: 9, ok: true },
    ];
    const found = from(logins).pipe(
      withTimestamps((login) => login.at, boundedOutOfOrderness(5)),
      keyBy((login) => login.user),
      detect(breakIn, ({ failed, entered }, user) => ({ user, tries: failed.length, at: entered[0]?.at })),
      toArray(),
    );
    expect(await lastValueFrom(found)).toEqual([{ user: 'ann', tries: 2, at: 9 }]);
  });
});

describe('a pattern that cannot be meant', () => {
  const any = () => true;
  type Build = (p: PatternStart<unknown>) => Pattern<unknown, string>;
  it.each<[string, Build]>([
    ['no steps', (p) => p as never],
    ['something else', () => ({}) as never],
    ['next first', (p) => (p as never as Pattern<unknown, string>).next('a', any)],
    ['two beginnings', (p) => (p.begin('a', any) as never as PatternStart<unknown>).begin('b', any)],
    ['a name twice', (p) => p.begin('a', any).next('a', any)],
    ['no name', (p) => p.begin('', any)],
    ['no condition', (p) => p.begin('a', 1 as never)],
    ['times of nothing', (p) => (p as never as Pattern<unknown, string>).times(2)],
    ['times of not', (p) => p.begin('a', any).notFollowedBy(any).times(2)],
    ['no times', (p) => p.begin('a', any).times(0)],
    ['fewer times', (p) => p.begin('a', any).times(3, 2)],
    ['optional steps only', (p) => p.begin('a', any).optional()],
    ['an end that never comes', (p) => p.begin('a', any).notFollowedBy(any)],
    ['an end that may never come', (p) => p.begin('a', any).notFollowedBy(any).next('b', any).optional()],
    ['no time', (p) => p.begin('a', any).within(0)],
  ])('%s is refused when the pipe is built', (_what, build) => {
    expect(() => detect(build, () => 1)).toThrow('SLUICE_PATTERN');
  });

  it('names a step to skip to that there is not', () => {
    const skip = { afterMatch: { skipToLast: 'b' as 'a' } } as const;
    expect(() =>
      detect(
        (p: PatternStart<unknown>) => p.begin('a', any),
        () => 1,
        skip,
      ),
    ).toThrow("'b', which is no step");
  });
});

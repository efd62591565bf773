import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTracker,
  exponentialDelay,
  failureRate,
  fixedDelay,
  noRestart,
  type RestartStrategy,
} from './restart-strategy.js';

const middle = () => 0.5;
const optionError = expect.objectContaining({ code: 'SLUICE_OPTION' });

function delays(strategy: RestartStrategy, times: readonly number[], random = middle): (number | undefined)[] {
  const tracker = createTracker(strategy);
  return times.map((time) => tracker.next(time, random));
}

describe('noRestart', () => {
  it('gives up at once', () => {
    expect(delays(noRestart(), [0])).toEqual([undefined]);
    expect(noRestart().kind).toBe('none');
  });
});

describe('fixedDelay', () => {
  it('restarts once after a second unless told otherwise', () => {
    expect(delays(fixedDelay(), [0, 1e9])).toEqual([1000, undefined]);
    expect(delays(fixedDelay({ attempts: 3, delay: '5s' }), [0, 1, 2, 3])).toEqual([5000, 5000, 5000, undefined]);
    expect(delays(fixedDelay({ attempts: 0 }), [0])).toEqual([undefined]);
    expect(delays(fixedDelay({ attempts: Infinity, delay: 0 }), [0, 0])).toEqual([0, 0]);
  });

  it('counts each run of a job by itself', () => {
    const strategy = fixedDelay();
    expect(delays(strategy, [0])).toEqual([1000]);
    expect(delays(strategy, [0])).toEqual([1000]);
  });
});

describe('failureRate', () => {
  it('restarts as often as the rate allows', () => {
    expect(delays(failureRate(), [0, 60_000])).toEqual([1000, undefined]);
    expect(delays(failureRate(), [0, 60_001, 120_003])).toEqual([1000, 1000, 1000]);
    const strategy = failureRate({ max: 3, per: '1s', delay: '2ms' });
    expect(delays(strategy, [0, 1, 2, 3])).toEqual([2, 2, 2, undefined]);
    expect(delays(strategy, [0, 500, 1000, 1001, 1500])).toEqual([2, 2, 2, 2, undefined]);
  });

  it('gives up exactly when more than `max` failures lie within `per`', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100 }), (steps, max, per) => {
        let now = 0;
        const times = steps.map((gap) => (now += gap));
        const given = delays(failureRate({ max, per, delay: 7 }), times);
        times.forEach((time, i) => {
          const within = times.slice(0, i + 1).filter((earlier) => time - earlier <= per).length;
          expect(given[i]).toBe(within > max ? undefined : 7);
        });
      }),
    );
  });
});

describe('exponentialDelay', () => {
  it('grows by half from a second to a minute', () => {
    const given = delays(
      exponentialDelay({ jitter: 0 }),
      Array.from({ length: 13 }, (_, i) => i),
    );
    expect(given.slice(0, 5)).toEqual([1000, 1500, 2250, 3375, 5063]);
    expect(given.slice(-2)).toEqual([60_000, 60_000]);
  });

  it('begins anew after a calm hour and the delay before it', () => {
    const strategy = exponentialDelay({ jitter: 0 });
    expect(delays(strategy, [0, 1, 1 + 3_600_000 + 1499, 1 + 2 * (3_600_000 + 2250)])).toEqual([
      1000, 1500, 2250, 1000,
    ]);
    expect(delays(strategy, [0, 3_601_000])).toEqual([1000, 1000]);
  });

  it('gives up after its attempts, counted since it began anew', () => {
    const strategy = exponentialDelay({ attempts: 2, jitter: 0, initial: 10, max: 20, multiplier: 2, resetAfter: 100 });
    expect(delays(strategy, [0, 1, 2])).toEqual([10, 20, undefined]);
    expect(delays(strategy, [0, 1, 200, 201, 202])).toEqual([10, 20, 10, 20, undefined]);
  });

  it('stays within its jitter and under its maximum', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(random, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, jitter) => {
          const tracker = createTracker(exponentialDelay({ jitter }));
          values.forEach((value, i) => {
            const base = Math.min(1000 * 1.5 ** i, 60_000);
            const given = tracker.next(i, () => value) ?? Number.NaN;
            expect(Number.isInteger(given)).toBe(true);
            expect(given).toBeGreaterThanOrEqual(base * (1 - jitter) - 1);
            expect(given).toBeLessThanOrEqual(Math.min(base * (1 + jitter) + 1, 60_000));
          });
        },
      ),
    );
    expect(delays(exponentialDelay(), [0], () => 0)).toEqual([900]);
    expect(delays(exponentialDelay(), [0], () => 0.999999)).toEqual([1100]);
  });
});

describe('restart strategies', () => {
  it('refuse options out of range when they are made', () => {
    const wrong = [
      () => fixedDelay({ attempts: -1 }),
      () => fixedDelay({ attempts: 1.5 }),
      () => fixedDelay({ delay: -1 }),
      () => failureRate({ max: 0 }),
      () => failureRate({ per: 0 }),
      () => exponentialDelay({ initial: 0 }),
      () => exponentialDelay({ initial: '2m' }),
      () => exponentialDelay({ multiplier: 1 }),
      () => exponentialDelay({ multiplier: Infinity }),
      () => exponentialDelay({ jitter: 1.1 }),
      () => exponentialDelay({ jitter: Number.NaN }),
      () => exponentialDelay({ resetAfter: 0 }),
      () => exponentialDelay({ attempts: Number.NaN }),
    ];
    for (const make of wrong) expect(make).toThrow(optionError);
  });

  it('are not made by hand', () => {
    expect(() => createTracker({ kind: 'none' })).toThrow(optionError);
  });
});

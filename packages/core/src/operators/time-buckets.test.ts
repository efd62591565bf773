import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeBuckets } from './time-buckets.js';
import { TimerQueue } from './timer-queue.js';
import { TimerWaves } from './timer-waves.js';

/** Within a few milliseconds, over seconds, with fractions, and beyond all clocks. */
const time = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -5_000, max: 5_000 }),
  fc.integer({ min: -20, max: 20 }).map((eighths) => eighths / 8),
  fc.constantFrom(
    Number.NEGATIVE_INFINITY,
    -Number.MAX_VALUE,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_VALUE,
    Number.POSITIVE_INFINITY,
  ),
);
const times = fc.array(time, { maxLength: 60 });

describe('TimeBuckets', () => {
  it('gives nothing when empty', () => {
    const buckets = new TimeBuckets();
    expect(buckets.first).toBe(Number.POSITIVE_INFINITY);
    expect(buckets.isDue(Number.POSITIVE_INFINITY)).toBe(false);
  });

  it('takes out in order of time, then of insertion', () => {
    fc.assert(
      fc.property(times, (given) => {
        const buckets = new TimeBuckets();
        given.forEach((time, id) => {
          buckets.add(time, id);
        });
        const expected = given
          .map((time, id) => ({ time, id }))
          .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.id - b.id));
        const taken = given.map(() => ({ time: buckets.first, id: buckets.take() }));
        expect(taken).toEqual(expected);
      }),
    );
  });

  it('does so whatever is added between', () => {
    fc.assert(
      fc.property(fc.array(fc.option(time, { freq: 2 }), { maxLength: 200 }), (steps) => {
        const buckets = new TimeBuckets();
        let expected: { time: number; id: number }[] = [];
        for (const [id, added] of steps.entries()) {
          if (added !== null) {
            buckets.add(added, id);
            expected.push({ time: added, id });
            // Stable, so that ids of equal times stay in order.
            expected = expected.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
          } else if (expected.length > 0) {
            expect({ time: buckets.first, id: buckets.take() }).toEqual(expected.shift());
          }
        }
        expect(buckets.first).toBe(expected[0]?.time ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('finds the place of what is added while it is being emptied', () => {
    const buckets = new TimeBuckets();
    buckets.add(10, 1);
    buckets.add(10, 2);
    expect(buckets.take()).toBe(1);
    buckets.add(5, 3);
    buckets.add(10, 4);
    expect([buckets.take(), buckets.take(), buckets.take()]).toEqual([3, 2, 4]);
  });

  it('keeps the end of time apart from nothing', () => {
    const buckets = new TimeBuckets();
    buckets.add(Number.POSITIVE_INFINITY, 7);
    expect(buckets.isDue(Number.MAX_VALUE)).toBe(false);
    expect(buckets.isDue(Number.POSITIVE_INFINITY)).toBe(true);
  });
});

describe.each([
  ['TimerQueue', () => new TimerQueue()],
  ['TimerWaves', () => new TimerWaves()],
])('%s', (_name, create) => {
  it('has each key at its earliest timer', () => {
    const queue = create();
    queue.want(1, 20);
    queue.want(1, 10);
    queue.want(1, 30);
    expect(queue.take(9)).toBe(-1);
    expect(queue.take(100)).toBe(1);
    expect(queue.time).toBe(10);
    expect(queue.take(100)).toBe(-1);
  });

  it('grows by one entry for each key, however often a timer moves to later', () => {
    const queue = create();
    queue.want(1, 10);
    for (let time = 11; time < 1_000; time++) queue.want(1, time);
    expect(queue.take(Number.POSITIVE_INFINITY)).toBe(1);
    expect(queue.take(Number.POSITIVE_INFINITY)).toBe(-1);
  });
});

describe('TimerWaves', () => {
  it('answers what a TimerQueue answers, whatever is put in meanwhile', () => {
    const step = fc.oneof(
      fc.record({ id: fc.integer({ min: 0, max: 200 }), at: time }),
      fc.record({ until: time, most: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new TimerQueue();
        const waves = new TimerWaves();
        const take = (until: number): void => {
          const id = queue.take(until);
          expect(waves.take(until)).toBe(id);
          if (id >= 0) expect(waves.time).toBe(queue.time);
        };
        for (const step of steps) {
          if ('id' in step) {
            queue.want(step.id, step.at);
            waves.want(step.id, step.at);
          } else {
            for (let left = step.most; left > 0; left--) take(step.until);
          }
        }
        for (let left = 0; left <= 200; left++) take(Number.POSITIVE_INFINITY);
      }),
    );
  });
});

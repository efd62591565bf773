import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseBefore } from './pause.js';
import { RequestSize } from './request-size.js';

const retry = { attempts: 20, initial: 100, max: 10_000 };

test('pauses double up to the most, and lie between a half and the whole of that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.string(), (attempt, seed) => {
      const whole = Math.min(10_000, 100 * 2 ** (attempt - 1));
      const pause = pauseBefore(attempt, retry, seed);
      expect(pause).toBeGreaterThanOrEqual(whole / 2);
      expect(pause).toBeLessThanOrEqual(whole);
    }),
  );
});

test('jobs that were refused together do not come back together; a run can be repeated', () => {
  const pauses = Array.from({ length: 100 }, (_, i) => pauseBefore(5, retry, `run ${i}`));
  expect(new Set(pauses).size).toBe(100);
  expect(pauseBefore(5, retry, 'run 7')).toBe(pauses[7]);
});

test('requests shrink by half when the server is overloaded, and grow again; what was too large stays the bound', () => {
  const size = new RequestSize(1_000);
  size.overloaded(800);
  expect(size.bytes).toBe(400);
  size.taken();
  size.taken();
  expect(size.bytes).toBe(1_000);
  size.tooLarge(1_000);
  expect(size.bytes).toBe(500);
  size.taken();
  expect(size.bytes).toBe(500);
  for (let i = 0; i < 20; i++) size.overloaded(size.bytes);
  expect(size.bytes).toBe(1);
});

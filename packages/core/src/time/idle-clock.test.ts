import { expect, it } from 'vitest';
import { IdleClock } from './idle-clock.js';

const after = 100;
/** Looks at the clock as often as the engine does. */
function silentFor(clock: IdleClock, from: number, milliseconds: number): boolean {
  let idle = false;
  for (let now = from + 25; now <= from + milliseconds; now += 25) idle = clock.check(now);
  return idle;
}

it('is idle after the time and not before, counted from the look that saw the last element', () => {
  const clock = new IdleClock(after, 0);
  expect(silentFor(clock, 0, 75)).toBe(false);
  clock.active = true;
  expect(clock.check(100)).toBe(false);
  expect(silentFor(clock, 100, 75)).toBe(false);
  expect(clock.check(200)).toBe(true);
});

it('does not count time in which it is held back', () => {
  const clock = new IdleClock(after, 0);
  silentFor(clock, 0, 75);
  clock.pause(80);
  expect(silentFor(clock, 80, 1_000)).toBe(false);
  clock.resume(1_080);
  expect(clock.check(1_099)).toBe(false);
  expect(clock.check(1_100)).toBe(true);
});

it('takes neither a process that stood still nor a clock that was set for silence', () => {
  const clock = new IdleClock(after, 0);
  expect(clock.check(3_600_000)).toBe(false);
  expect(clock.check(0)).toBe(false);
  expect(silentFor(clock, 0, 25)).toBe(false);
  expect(silentFor(clock, 25, 25)).toBe(true);
});

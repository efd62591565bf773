import { expect, it } from 'vitest';
import { WatermarkDelays } from './watermark-delay.js';

function delays(after = 10) {
  const at: Record<string, number> = { left: 5, right: 5 };
  let held = false;
  const found = new WatermarkDelays(after);
  found.watch(
    'union-1',
    () => Object.entries(at).map(([input, watermark]) => ({ input, watermark })),
    () => held,
  );
  return {
    at,
    hold: (now: boolean) => {
      held = now;
    },
    check: (now: number) => found.check(now),
  };
}

it('tells the input that holds the others back, and for how long, once each period', () => {
  const { at, check } = delays();
  at.right = 100;
  expect(check(0)).toEqual([]);
  expect(check(9)).toEqual([]);
  const told = { uid: 'union-1', inputs: ['left'], watermark: 5, behindMs: 95 };
  expect(check(10)).toEqual([{ ...told, forMs: 10 }]);
  at.right = 105;
  expect(check(19)).toEqual([]);
  expect(check(21)).toEqual([{ ...told, behindMs: 100, forMs: 21 }]);
  expect(check(30)).toEqual([]);
});

it('counts anew when the input has moved', () => {
  const { at, check } = delays();
  at.right = 100;
  check(0);
  at.left = 6;
  expect(check(12)).toEqual([]);
  expect(check(21)).toEqual([]);
  expect(check(22)).toMatchObject([{ watermark: 6, forMs: 10 }]);
});

it('tells nothing while all are level, or only one counts', () => {
  const { at, check } = delays();
  check(0);
  expect(check(50)).toEqual([]);
  delete at.right;
  expect(check(100)).toEqual([]);
  delete at.left;
  expect(check(200)).toEqual([]);
});

it('names all inputs that have given nothing yet', () => {
  const { at, check } = delays();
  Object.assign(at, { left: -Infinity, middle: -Infinity });
  check(0);
  expect(check(10)).toEqual([
    { uid: 'union-1', inputs: ['left', 'middle'], watermark: -Infinity, behindMs: Infinity, forMs: 10 },
  ]);
});

it('does not count time in which nothing is taken', () => {
  const { at, hold, check } = delays();
  at.right = 100;
  check(0);
  check(5);
  hold(true);
  expect(check(40)).toEqual([]);
  hold(false);
  expect(check(44)).toEqual([]);
  expect(check(45)).toMatchObject([{ forMs: 10 }]);
});

import { expect, it } from 'vitest';
import { type DemoResult, shortcomings } from './result.js';

const right: DemoResult = {
  events: 3_000_000,
  kills: 5,
  windows: 424_259,
  late: 1_000,
  alerts: 14_162,
  missing: 0,
  duplicated: 0,
  different: 0,
  seconds: 30,
  eventsPerSecond: 100_000,
  refired: 30_000,
  isFull: true,
};

it('fails a run that is wrong, and a full one that proved nothing', () => {
  expect(shortcomings(right)).toEqual([]);
  expect(shortcomings({ ...right, missing: 1, duplicated: 2, different: 3 })).toEqual([
    '1 missing',
    '2 duplicated',
    '3 different',
  ]);
  expect(shortcomings({ ...right, late: 0 })).toEqual(['no flight was late, though some must be']);
  expect(shortcomings({ ...right, refired: 0 })).toEqual(['no window fired again, though many must']);
  expect(shortcomings({ ...right, late: 0, refired: 0, isFull: false })).toEqual([]);
});

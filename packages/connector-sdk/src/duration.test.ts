import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Duration, milliseconds } from './duration.js';

describe('milliseconds', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [20, 20],
    [-3.5, -3.5],
    ['250ms', 250],
    ['5s', 5_000],
    ['1m', 60_000],
    ['6h', 21_600_000],
    ['2d', 172_800_000],
    ['1.5s', 1_500],
    ['0.25m', 15_000],
    ['-5m', -300_000],
    ['1.005s', 1_005],
    ['1.1m', 66_000],
    ['007s', 7_000],
  ])('%s is %d ms', (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected);
  });

  test('nothing is minus zero', () => {
    expect(milliseconds(-0)).toBe(0);
    expect(milliseconds('-0s')).toBe(0);
  });

  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '',
    's',
    '5',
    '5 s',
    ' 5s',
    '5s ',
    '5s\n',
    '5sec',
    '5S',
    '+5s',
    '--5s',
    '1e3s',
    '.5s',
    '5.s',
    '1,5s',
    '0x10s',
    'NaNs',
    'Infinitys',
    '٥s',
    `${'9'.repeat(400)}d`,
    undefined,
    null,
    {},
    10n,
    new String('5s'),
  ])('refuses %s', (duration) => {
    expect(() => milliseconds(duration as Duration)).toThrow(expect.objectContaining({ code: 'SLUICE_DURATION' }));
  });

  test('a literal means the same as its milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), (n) => {
        expect(milliseconds(`${n}ms`)).toBe(n);
        expect(milliseconds(`${n}s`)).toBe(n * 1_000);
        expect(milliseconds(`${n}h`)).toBe(n * 3_600_000);
      }),
    );
  });

  test('the message does not repeat a long literal in full', () => {
    expect(() => milliseconds('x'.repeat(10_000) as Duration)).toThrow(/^.{0,300}$/);
  });
});

test('what is no duration does not compile', () => {
  // @ts-expect-error a unit that does not exist
  expect(() => milliseconds('5 sec')).toThrow();
  // @ts-expect-error no unit
  expect(() => milliseconds('5')).toThrow();
});

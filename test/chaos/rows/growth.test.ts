import { expect, test } from 'vitest';
import { growth, type Sample } from './growth.js';

const MINUTE = 60_000;

/** Ten processes of a minute each, measured every five seconds. */
function samples(of: (at: number, age: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 120 }, (_, index) => {
    const at = index * 5_000;
    const age = at % MINUTE;
    return { at, age, heapUsed: 20e6 + (index % 7) * 1e5, descriptors: 30, connections: 3, ...of(at, age) };
  });
}

test('what stays about the same does not grow', () => {
  expect(growth(samples(() => ({})))).toEqual([]);
  expect(growth(samples(() => ({ descriptors: undefined })))).toEqual([]);
});

test('a leak of each process is seen, though it begins anew with the next one', () => {
  const leaking = samples((_at, age) => ({ descriptors: 30 + age / 2_000 }));
  expect(growth(leaking)).toEqual([
    expect.stringMatching(/^descriptors grew with the age of a process from 3\d to 5\d/),
  ]);
});

test('what is kept in checkpoints and grows is seen over the run', () => {
  const growing = samples((at) => ({ heapUsed: 20e6 + at * 30 }));
  expect(growth(growing)).toEqual([expect.stringMatching(/^heapUsed grew over the run from /)]);
});

test('connections that stay open', () => {
  expect(growth(samples((at) => ({ connections: 3 + Math.floor(at / MINUTE) })))).toEqual([
    expect.stringMatching(/^connections grew over the run from /),
  ]);
});

test('a run of which too little was measured shows nothing, and says so', () => {
  expect(growth(samples(() => ({})).slice(0, 8))).toEqual(['8 measurements are too few to tell what grows']);
});

import { describe, expect, it } from 'vitest';
import { departureStatistics } from './departure-statistics.js';

const of = (delays: readonly number[]) => {
  let accumulator = departureStatistics.create();
  for (const delay of delays) accumulator = departureStatistics.add(accumulator, { delay }, 0);
  return departureStatistics.result(accumulator);
};

describe('departureStatistics', () => {
  it('counts, averages and ranks', () => {
    expect(of([20, -5, 15, 14])).toEqual({ flights: 4, delayed: 2, mean: 11, p95: 20, worst: 20 });
    expect(of([-30])).toEqual({ flights: 1, delayed: 0, mean: -30, p95: -30, worst: -30 });
  });

  it.each([
    [19, 19],
    [20, 19],
    [21, 20],
    [40, 38],
    [100, 95],
    [140, 133],
  ])('takes of %i flights the one of rank %i as p95', (flights, rank) => {
    expect(of(Array.from({ length: flights }, (_, index) => flights - index)).p95).toBe(rank);
  });

  it('can be asked again after more flights, as a window that fires again does', () => {
    const delays = departureStatistics.add(departureStatistics.create(), { delay: 9 }, 0);
    expect(departureStatistics.result(delays).mean).toBe(9);
    expect(departureStatistics.result(departureStatistics.add(delays, { delay: 3 }, 0))).toMatchObject({
      flights: 2,
      mean: 6,
    });
    expect(departureStatistics.result(departureStatistics.merge([1], [5]))).toMatchObject({ flights: 2, worst: 5 });
  });

  it('keeps its state over a restart, wherever the bytes stand', () => {
    const codec = departureStatistics.codec;
    const bytes = codec?.encode([1, -2, 100_000]);
    const shifted = Uint8Array.of(0, ...(bytes ?? [])).subarray(1);
    expect(codec?.decode(1, shifted)).toEqual([1, -2, 100_000]);
  });
});

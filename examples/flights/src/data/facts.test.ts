import { describe, expect, it } from 'vitest';
import { readFlights } from './flight-columns.js';
import { knownOrder } from './known-order.js';

/** The nearest-rank quantile of a sorted column. */
const quantile = (sorted: Int32Array, of: number): number => sorted[Math.ceil(sorted.length * of) - 1] as number;

describe('the data set itself (the real 3,000,000 rows)', () => {
  it('is what the README says it is', async () => {
    const flights = await readFlights();
    expect(flights.rows).toBe(3_000_000);
    expect(new Set(flights.origin).size).toBe(229);

    const hours = new Set<number>();
    let overThreeHours = 0;
    for (let row = 0; row < flights.rows; row++) {
      const hour = Math.floor((flights.minute[row] as number) / 60);
      hours.add((flights.origin[row] as number) * 1e6 + hour);
      if ((flights.delay[row] as number) > 180) overThreeHours++;
    }
    expect(hours.size).toBe(424_259);
    expect(overThreeHours).toBe(14_162);

    const delays = flights.delay.slice().sort();
    expect([quantile(delays, 0.5), quantile(delays, 0.9), quantile(delays, 0.99)]).toEqual([-1, 35, 139]);
    expect(Math.round(quantile(delays, 1) / 60)).toBe(28);
  }, 180_000);

  it('is far out of order in the order in which the flights became known', async () => {
    const flights = await readFlights();
    const windowAndLateness = 6 * 60;
    let newest = Number.NEGATIVE_INFINITY;
    let late = 0;
    for (const row of knownOrder(flights)) {
      const minute = flights.minute[row] as number;
      const windowEnd = (Math.floor(minute / 60) + 1) * 60;
      if (newest >= windowEnd + windowAndLateness) late++;
      newest = Math.max(newest, minute);
    }
    expect(late).toBe(22_112);
  }, 180_000);
});

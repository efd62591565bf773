import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { WatermarkGenerator, WatermarkStrategy } from './watermark-strategy.js';

/**
 * Watermarks for elements that arrive at most `bound` out of order.
 *
 * The watermark is the highest timestamp seen − `bound` − 1 ms, sent periodically. An element that is later than that is late.
 *
 * @param bound How far behind the newest an element may be, from 0.
 * @throws SLUICE_DURATION when `bound` is negative or no duration.
 * @see Apache Flink, `WatermarkStrategy.forBoundedOutOfOrderness`
 *
 * @example
 * clicks$.pipe(withTimestamps((click) => click.at, boundedOutOfOrderness('5s')));
 */
export function boundedOutOfOrderness(bound: Duration): WatermarkStrategy<unknown> {
  const lag = milliseconds(bound);
  if (lag < 0) {
    throw new SluiceError({
      code: 'SLUICE_DURATION',
      component: 'boundedOutOfOrderness',
      expected: 'a bound from 0',
      actual: String(bound),
      remedy: 'give the longest delay that an element may have',
    });
  }
  return { create: () => new BoundedOutOfOrderness(lag) };
}

/**
 * Watermarks for elements whose timestamps never go down within a split: bounded out-of-orderness of 0.
 *
 * @see Apache Flink, `WatermarkStrategy.forMonotonousTimestamps`
 *
 * @example
 * ticks$.pipe(withTimestamps((tick) => tick.at, monotonousTimestamps()));
 */
export function monotonousTimestamps(): WatermarkStrategy<unknown> {
  return boundedOutOfOrderness(0);
}

class BoundedOutOfOrderness implements WatermarkGenerator<unknown> {
  private newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly lag: number) {}

  onElement(_value: unknown, timestamp: number): undefined {
    if (timestamp > this.newest) this.newest = timestamp;
  }

  onPeriodic(): number {
    return this.newest - this.lag - 1;
  }
}

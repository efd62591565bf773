import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  arraySource,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  monotonousTimestamps,
  noRestart,
  sliding,
  type TimeWindow,
  to,
  tumbling,
  type WatermarkStrategy,
  type WindowAssigner,
  windowBy,
  withTimestamps,
} from '../index.js';

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Windows with the number of their elements. */
async function windows(
  times: readonly number[],
  assigner: WindowAssigner<unknown, TimeWindow>,
  watermarks: WatermarkStrategy<unknown> = monotonousTimestamps(),
): Promise<[start: number, count: number][]> {
  const out: [number, number][] = [];
  const flow = fromSource(arraySource(times)).pipe(
    withTimestamps((at) => at, watermarks, { every: 0 }),
    keyBy(() => 'all'),
    windowBy(assigner),
    aggregate(countOf()),
    map(({ window, value }): [number, number] => [window.start, value]),
    to(callbackSink((row) => void out.push(row))),
  );
  await createJob('extremes', flow, { restart: noRestart() }).run();
  return out;
}

describe('timestamps at the ends of what numbers hold', () => {
  it.each([8.64e15, -8.64e15, LARGEST, -LARGEST])('%d is in a window', async (at) => {
    expect(await windows([at, at], tumbling(1))).toEqual([[at, 2]]);
    const hours = await windows([at, at], tumbling('1h'));
    expect(hours).toHaveLength(1);
    expect(at - (hours[0]?.[0] ?? Number.NaN)).toBeLessThan(3_600_000);
  });

  it('no sliding window is lost where its end is rounded', async () => {
    expect(await windows([LARGEST, LARGEST], sliding(10, 3))).toEqual([
      [LARGEST - 7, 2],
      [LARGEST - 4, 2],
      [LARGEST - 1, 2],
    ]);
  });

  it.each([1e300, -1e300, 2 ** 53, Number.NaN, Infinity])('%d is refused', async (at) => {
    await expect(windows([at], sliding(10, 3))).rejects.toMatchObject({ code: 'SLUICE_TIMESTAMP' });
  });
});

describe('generators that answer nonsense', () => {
  const always = (watermark: number): WatermarkStrategy<unknown> => ({
    create: () => ({ onElement: () => watermark, onPeriodic: () => watermark }),
  });

  it.each([Number.NaN, -Infinity])('%d is no watermark', async (watermark) => {
    expect(await windows([1, 2, 20], tumbling(10), always(watermark))).toEqual([
      [0, 2],
      [20, 1],
    ]);
  });

  it('the end of time makes elements late, and does not end the job', async () => {
    expect(await windows([1, 2, 20], tumbling(10), always(Infinity))).toEqual([[0, 1]]);
  });

  it('one that goes back is not followed', async () => {
    const marks = [25, 3, -5];
    const back: WatermarkStrategy<unknown> = {
      create: () => ({ onElement: () => marks.shift(), onPeriodic: () => undefined }),
    };
    expect(await windows([1, 12, 31], tumbling(10), back)).toEqual([
      [0, 1],
      [30, 1],
    ]);
  });
});

import { arraySource, createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { expect, it } from 'vitest';
import { drive } from '../drive/drive.js';
import { collectIdempotentSink } from './collect-idempotent-sink.js';
import { collectSink } from './collect-sink.js';

it('tells what came when, and from which run', async () => {
  const all = collectSink<number>();
  const newest = collectIdempotentSink<number>((n) => String(n % 2));
  const numbers$ = fromSource(arraySource([1, 2, 3]));
  const job = createJob('numbers', [numbers$.pipe(to(all)), numbers$.pipe(to(newest))], {
    checkpoints: { interval: '1h', storage: memoryCheckpoints() },
  });
  const driver = drive(job, { start: 1000 });
  await driver.crash('afterBarrier');
  await driver.restart();
  await driver.finish();
  expect(all.values.slice(-3)).toEqual([1, 2, 3]);
  expect(new Set(all.arrivals.map(({ epoch }) => epoch)).has(2)).toBe(true);
  expect(all.arrivals.every(({ at, timestamp }) => at >= 1000 && Number.isNaN(timestamp))).toBe(true);
  expect(newest.arrivals.filter(({ epoch }) => epoch === 2).map(({ value }) => value)).toEqual([1, 2, 3]);
  expect(newest.writes).toBe(newest.arrivals.length);
});

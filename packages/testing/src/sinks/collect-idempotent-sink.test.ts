import { arraySource, createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { expect, it } from 'vitest';
import { drive } from '../drive/drive.js';
import { collectIdempotentSink } from './collect-idempotent-sink.js';

it('keeps the newest element of each key, however often it is written', async () => {
  const sink = collectIdempotentSink<{ readonly user: string; readonly total: number }>(({ user }) => user);
  const rows = ['ann', 'bob', 'ann'].map((user, index) => ({ user, total: index }));
  const job = createJob('totals', fromSource(arraySource(rows)).pipe(to(sink)), {
    checkpoints: { interval: '1h', storage: memoryCheckpoints() },
    guarantee: 'exactly-once',
  });
  const driver = drive(job);
  await driver.crash('afterPrepare');
  await driver.restart();
  await driver.finish();
  expect([...sink.byKey.values()].map(({ total }) => total)).toEqual([2, 1]);
  expect(sink.writes).toBeGreaterThanOrEqual(3);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arraySource, createJob, fileCheckpoints, fromSource, to } from '@sluice/core';
import { expect, it } from 'vitest';
import { collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import { drive } from './drive.js';

it('waits in real time for a storage that is really outside, and crashes it as well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-drive-'));
  try {
    const rows = Array.from({ length: 30 }, (_, index) => index);
    const sink = collectTransactionalSink<number>();
    const job = createJob('files', fromSource(arraySource(rows)).pipe(to(sink)), {
      checkpoints: { interval: '1h', timeout: '1s', storage: fileCheckpoints(folder) },
    });
    const driver = drive(job, { seed: 4, patience: 5000 });
    await driver.checkpoint();
    await driver.crash('afterStateWritten');
    await driver.restart();
    await driver.crash('afterPublish');
    await driver.restart();
    await driver.finish();
    expect(sink.values).toEqual(rows);
    expect(driver.events.filter(({ type }) => type === 'checkpointFailed')).toEqual([]);
    expect(driver.clock.now()).toBeLessThan(1000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

import { arraySource, createJob, fixedDelay, fromSource, type Job, memoryCheckpoints, to } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { drive } from '../drive/drive.js';
import { type CollectTransactionalSink, collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import type { PlannedFault } from './planned-fault.js';

const rows = Array.from({ length: 20 }, (_, index) => index);

function numbers(): { readonly sink: CollectTransactionalSink<number>; readonly job: Job } {
  const sink = collectTransactionalSink<number>();
  const job = createJob('numbers', fromSource(arraySource(rows)).pipe(to(sink)), {
    checkpoints: { interval: '1h', storage: memoryCheckpoints() },
    restart: fixedDelay({ attempts: 9, delay: '1s' }),
  });
  return { sink, job };
}

/** Runs the job to its end and answers how often it was restarted. */
async function restarts(...faults: readonly PlannedFault[]): Promise<number> {
  const { sink, job } = numbers();
  const driver = drive(job, { seed: 5, faults });
  await driver.finish();
  expect(sink.values).toEqual(rows);
  expect(driver.faultsLeft).toEqual([]);
  return driver.events.filter(({ type }) => type === 'restarting').length;
}

describe('planned faults', () => {
  it('fail a read, a preparation, a commit, a publication: before their work or after it', async () => {
    expect(await restarts({ at: 'source.read', nth: 2, does: 'fail' })).toBe(1);
    expect(await restarts({ at: 'sink.prepare', checkpoint: 1, does: 'fail' })).toBe(1);
    expect(await restarts({ at: 'sink.prepare', does: 'failAfter', times: 2 })).toBe(2);
    expect(await restarts({ at: 'sink.commit', of: 'collectTransactional', does: 'failAfter' })).toBe(1);
    expect(await restarts({ at: 'storage.publish', does: 'failAfter' })).toBe(1);
    expect(await restarts({ at: 'storage.write', does: 'fail' }, { at: 'sink.recover', nth: 2, does: 'fail' })).toBe(2);
  });

  it('repeat commits, and let calls take their time', async () => {
    expect(await restarts({ at: 'sink.commit', does: 'repeat', times: 1 })).toBe(0);
    const { job, sink } = numbers();
    const driver = drive(job, { faults: [{ at: 'sink.commit', does: 'delay', for: '1m' }] });
    await driver.finish();
    expect(driver.clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(sink.committed[0]?.at).toBeGreaterThanOrEqual(60_000);
  });

  it('say what has not struck', async () => {
    const never: PlannedFault = { at: 'sink.flush', does: 'fail' };
    const driver = drive(numbers().job, { faults: [never, { at: 'source.open', does: 'delayAfter' }] });
    await driver.finish();
    expect(driver.faultsLeft).toEqual([never]);
  });

  it('repeat nothing but commits and notices', () => {
    expect(() => drive(numbers().job, { faults: [{ at: 'sink.prepare', does: 'repeat' }] })).toThrowError(
      expect.objectContaining({ code: 'SLUICE_DRIVE' }),
    );
  });
});

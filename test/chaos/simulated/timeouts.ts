import { type CheckpointStorage, memoryCheckpoints } from '@sluice/core';
import { drive, type PlannedFault, SeededRandom } from '@sluice/testing';
import { openCheckpoint } from '../../../packages/core/src/checkpoint/open-checkpoint.js';
import { judgeFailedCheckpoints } from './judge-failed-checkpoints.js';
import type { SimulatedRun } from './simulated-row.js';
import { type SinkKind, summingJob } from './summing-job.js';

const TIMEOUT = 100;

/** Row 13: a part of a checkpoint takes longer than checkpoints may. */
export const timeouts: SimulatedRun = async (mode, seed) => {
  const random = new SeededRandom(seed);
  const kind = mode as SinkKind;
  const slow: PlannedFault = {
    at: random.pick(['storage.write', 'storage.publish', kind === 'transactional' ? 'sink.prepare' : 'sink.flush']),
    nth: random.int(1, 5),
    does: random.pick(['delay', 'delayAfter']),
    for: TIMEOUT + random.int(1, 150),
  };
  const storage = memoryCheckpoints();
  const { job, values } = summingJob(storage, kind, { timeout: TIMEOUT, tolerableFailures: 5 });
  const driver = drive(job, { seed, faults: [slow] });
  const damaged: string[] = [];
  for (let left = random.int(1, 55); left > 0 && damaged.length === 0; left--) {
    await driver.advance(10);
    damaged.push(...(await damagedCheckpoints(storage)));
  }
  // What was given up may have been written all the same.
  const crashed = random.chance(0.5);
  if (crashed) {
    await driver.crash();
    await driver.restart();
  }
  await driver.finish();
  const failed = driver.events.filter((event) => event.type === 'checkpointFailed');
  const struck = driver.faultsLeft.length === 0;
  const inDoubt = crashed || (kind === 'idempotent' && slow.at === 'storage.publish');
  const then = inDoubt ? 'either' : kind === 'transactional' ? 'restarts' : 'goes on';
  const violations = [...damaged, ...judgeFailedCheckpoints(driver.events, then, values())];
  if (
    struck &&
    !crashed &&
    !failed.some(
      ({ cause }) => cause.code === 'SLUICE_CHECKPOINT_TIMEOUT' || cause.code === 'SLUICE_CHECKPOINT_IN_DOUBT',
    )
  )
    violations.push(`nothing timed out: ${JSON.stringify(slow)}`);
  return { faults: struck ? 1 : 0, violations };
};

/** What is published is whole, also when whoever published it has given it up meanwhile. */
async function damagedCheckpoints(storage: CheckpointStorage): Promise<string[]> {
  const reader = await storage.inspect('sums');
  const violations: string[] = [];
  for (const checkpoint of await reader.list()) {
    await openCheckpoint(reader, checkpoint).catch((error) => violations.push(`checkpoint ${checkpoint}: ${error}`));
  }
  return violations;
}

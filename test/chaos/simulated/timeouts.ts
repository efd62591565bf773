import { memoryCheckpoints } from '@sluice/core';
import { drive, type PlannedFault, SeededRandom } from '@sluice/testing';
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
    for: TIMEOUT * random.int(2, 4),
  };
  const { job, values } = summingJob(memoryCheckpoints(), kind, { timeout: TIMEOUT, tolerableFailures: 5 });
  const driver = drive(job, { seed, faults: [slow] });
  await driver.finish();
  const failed = driver.events.filter((event) => event.type === 'checkpointFailed');
  const struck = driver.faultsLeft.length === 0;
  const then = kind === 'transactional' ? 'restarts' : slow.at === 'storage.publish' ? 'either' : 'goes on';
  const violations = judgeFailedCheckpoints(driver.events, then, values());
  if (
    struck &&
    !failed.some(
      ({ cause }) => cause.code === 'SLUICE_CHECKPOINT_TIMEOUT' || cause.code === 'SLUICE_CHECKPOINT_IN_DOUBT',
    )
  )
    violations.push(`nothing timed out: ${JSON.stringify(slow)}`);
  return { faults: struck ? 1 : 0, violations };
};

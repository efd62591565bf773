import { drive, SeededRandom } from '@sluice/testing';
import { fileCheckpointsOn } from '../../../packages/core/src/checkpoint/file-checkpoints.js';
import { PowerLossFiles } from '../../contracts/power-loss-files.js';
import { differences, type SimulatedRun } from './simulated-row.js';
import { expected, summingJob } from './summing-job.js';

const POINTS = ['afterPrepare', 'afterStateWritten', 'afterPublish', 'afterCommit', undefined, undefined] as const;

/** Row 1: with the process the machine loses its power, and the disk all that was not synced, or some of it. */
export const powerLoss: SimulatedRun = async (_mode, seed) => {
  const random = new SeededRandom(seed);
  const files = new PowerLossFiles();
  const { job, values } = summingJob(fileCheckpointsOn(files, '/checkpoints'), 'transactional');
  const driver = drive(job, { seed });
  const losses = random.int(1, 6);
  for (let loss = 0; loss < losses; loss++) {
    await driver.advance(random.int(1, 80));
    await driver.crash(random.pick(POINTS));
    files.losePower(random.chance(0.5) ? 'nothing' : () => random.next());
    await driver.restart();
  }
  await driver.finish();
  return { faults: losses, violations: differences(expected, values()) };
};

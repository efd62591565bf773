import type { CheckpointStorage } from '@sluice/core';
import { drive, SeededRandom } from '@sluice/testing';
import { fileCheckpointsOn } from '../../../packages/core/src/checkpoint/file-checkpoints.js';
import { errno, type FileCall, interceptFiles, PowerLossFiles } from '../../contracts/power-loss-files.js';
import { judgeFailedCheckpoints } from './judge-failed-checkpoints.js';
import type { SimulatedRun } from './simulated-row.js';
import { type SinkKind, summingJob } from './summing-job.js';

/** What a disk does that is full or breaks. */
const FAULTS: readonly { readonly code: string; readonly calls: readonly FileCall[] }[] = [
  { code: 'ENOSPC', calls: ['create', 'write'] },
  { code: 'ENOSPC', calls: ['write', 'sync'] },
  { code: 'EIO', calls: ['write', 'sync', 'syncDirectory'] },
  { code: 'EIO', calls: ['rename', 'link'] },
  { code: 'EIO', calls: ['sync'] },
  { code: 'EIO', calls: ['syncDirectory'] },
];

/** Row 12: the disk under the checkpoints is full, breaks, or does not sync, for a while. */
export const failingDisk: SimulatedRun = async (mode, seed) => {
  const random = new SeededRandom(seed);
  const { code, calls } = random.pick(FAULTS);
  const [from, times, afterwards] = [random.int(0, 25), random.int(1, 2), random.chance(0.3)];
  let armed = false;
  let seen = 0;
  let struck = 0;
  let struckElsewhere = 0;
  let elsewhere = 0;
  const files = interceptFiles(new PowerLossFiles(), async (call, path, act) => {
    const strikes = armed && calls.includes(call) && seen++ >= from && struck < times;
    if (!strikes) return act();
    struck++;
    if (elsewhere > 0) struckElsewhere++;
    if (afterwards) await act();
    throw errno(code, path);
  });
  const storage = watchTheRest(fileCheckpointsOn(files, '/checkpoints'), (by) => {
    elsewhere += by;
  });
  const { job, values } = summingJob(storage, mode as SinkKind, { tolerableFailures: times });
  const driver = drive(job, { seed });
  await driver.advance(random.int(1, 60));
  armed = true;
  await driver.finish();
  const then = mode === 'transactional' ? 'restarts' : struckElsewhere === 0 ? 'goes on' : 'either';
  return { faults: struck, violations: judgeFailedCheckpoints(driver.events, then, values()) };
};

/**
 * Tells when something else than state is being written: after a failed publication it may be in doubt whether there is a manifest, and an
 * old checkpoint that could not be removed is tried again by the next run.
 */
function watchTheRest(storage: CheckpointStorage, change: (by: number) => void): CheckpointStorage {
  const around = async (work: () => Promise<void>): Promise<void> => {
    change(1);
    try {
      await work();
    } finally {
      change(-1);
    }
  };
  return {
    ...storage,
    async acquire(job, signal) {
      const lease = await storage.acquire(job, signal);
      return Object.assign(Object.create(lease) as typeof lease, {
        publish: (...parameters: Parameters<typeof lease.publish>) => around(() => lease.publish(...parameters)),
        remove: (names: readonly string[]) => around(() => lease.remove(names)),
      });
    },
  };
}

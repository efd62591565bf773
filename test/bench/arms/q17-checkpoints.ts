import { callbackSink, createJob, fileCheckpoints, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { megabytes, type Rolling, rollingStatistics } from './million-keys.js';
import { q17Consumer } from './q17-consumer.js';
import { BIDS, q17Bids, WARM_UP } from './q17-data.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** All bids of q17 are given out so many times, so that several checkpoints come in between; after the first, the keys are there. */
export const ROUNDS = 4;

/** q17 with a checkpoint into files every second. */
export function q17WithCheckpoints(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const batches = q17Bids();
    const { consume, completed, result } = q17Consumer(WARM_UP, ROUNDS * (WARM_UP + BIDS) - WARM_UP);
    const sink = callbackSink<Rolling>((keyed) => consume(keyed.key[1], keyed.key[0], keyed.value, keyed));
    const job = createJob('q17', rollingStatistics(batchSource(batches, ROUNDS)).pipe(to(sink)), {
      checkpoints: { interval: '1s', storage: fileCheckpoints(directory) },
    });
    let checkpoints = 0;
    let bytes = 0;
    job.events.subscribe((event) => {
      if (event.type !== 'checkpointCompleted') return;
      checkpoints++;
      bytes += event.bytes;
    });
    await job.run();
    completed();
    return result({ checkpoints, 'megabytes each': megabytes(bytes / checkpoints) });
  });
}

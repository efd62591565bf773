import { callbackSink, createJob, fileCheckpoints, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage, Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, megabytes, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Given out again and again, after each key has had one bid. */
const BIDS = 2_000_000;

/**
 * `nexmark`: bids as they come, half of them for the auction that is hot, on keys that are there already. `uniform`: all keys, one
 * after the other; then all that there is changes between two checkpoints.
 */
export type Pattern = 'nexmark' | 'uniform';

/**
 * Bids on a fixed set of keys, with a checkpoint into files every second or without. The first checkpoint of a run holds everything and is
 * taken before the clock starts, as soon as each key is there.
 */
export function checkpointRate(keys: number, pattern: Pattern, checkpointed: boolean): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const first = inBatches(bidsForEach(keys));
    const again = inBatches(againFor(keys, pattern));
    const roundLength = again.reduce((sum, { length }) => sum + length, 0);
    const rounds = sized(pattern === 'nexmark' ? 20 : 10);
    const warmUp = keys + roundLength;
    const meter = new Meter(warmUp, warmUp + rounds * roundLength);
    const sum = new OutputSum();
    let mark = keys;
    let allThere: () => void = () => {};
    const keysAreThere = new Promise<void>((resolve) => {
      allThere = resolve;
    });
    const source = bidSource(async function* () {
      for (let batch = first.shift(); batch !== undefined; batch = first.shift()) yield batch;
      await keysAreThere;
      if (checkpointed) await job.checkpoint();
      collectGarbage();
      for (let round = 0; round <= rounds; round++) yield* again;
    });
    const sink = callbackSink<Rolling>(({ key, value }) => {
      sum.add(key[1], value);
      if (sum.outputs !== mark) return;
      if (mark === keys) allThere();
      mark = mark === keys ? warmUp : meter.reached();
    });
    const options = { checkpoints: { interval: '1s', storage: fileCheckpoints(directory) } } as const;
    const job = createJob('rate', rollingStatistics(source).pipe(to(sink)), checkpointed ? options : {});
    let checkpoints = 0;
    let bytes = 0;
    job.events.subscribe((event) => {
      if (event.type !== 'checkpointCompleted' || mark <= warmUp) return;
      checkpoints++;
      bytes += event.bytes;
    });
    collectGarbage();
    await job.run();
    meter.completed();
    const notes = checkpointed ? { pattern, checkpoints, 'megabytes each': megabytes(bytes / checkpoints) } : undefined;
    // Until the last element: the checkpoint behind it is not one of those that come every second.
    const { completionMs, wallMs, ...timed } = meter.result();
    return {
      ...timed,
      wallMs: wallMs - completionMs,
      outputs: sum.outputs,
      checksum: sum.checksum,
      keys,
      ...(notes && { notes }),
    };
  });
}

function againFor(keys: number, pattern: Pattern): Bid[] {
  if (pattern === 'uniform') return Array.from({ length: Math.ceil(BIDS / keys) }, () => bidsForEach(keys)).flat();
  return takeBids(createNexmark({ rate: 1_000_000 }), BIDS).map((bid) => ({
    ...bid,
    auction: 1000 + (bid.auction % keys),
  }));
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { callbackSink, createJob, fileCheckpoints, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, KEYS, megabytes, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** One key in a hundred changes between the two checkpoints. */
const CHANGED = KEYS / 100;

/** What the second checkpoint adds to the files, of which the event has to tell the same. */
export function secondCheckpoint(incremental: boolean): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const bids = bidsForEach();
    const changing = bids.filter((_, index) => index % 100 === 0);
    const sum = new OutputSum();
    let told = 0;
    let written = 0;
    const cpu = process.cpuUsage();
    let wallMs = 0;
    const source = bidSource(async function* () {
      yield* inBatches(bids);
      await untilOutput(KEYS);
      await job.checkpoint();
      const before = bytesIn(directory);
      yield changing;
      await untilOutput(KEYS + CHANGED);
      const began = performance.now();
      await job.checkpoint();
      wallMs = performance.now() - began;
      written = bytesIn(directory) - before;
    });
    const waiting = new Map<number, () => void>();
    const untilOutput = (count: number) =>
      sum.outputs >= count ? undefined : new Promise<void>((resolve) => waiting.set(count, resolve));
    const sink = callbackSink<Rolling>(({ key, value }) => {
      sum.add(key[1], value);
      waiting.get(sum.outputs)?.();
    });
    const job = createJob('incremental', rollingStatistics(source).pipe(to(sink)), {
      checkpoints: { interval: '1h', storage: fileCheckpoints(directory), incremental, retained: 4 },
    });
    job.events.subscribe((event) => {
      if (event.type === 'checkpointCompleted' && event.checkpoint === 2) told = event.bytes;
    });
    await job.run();
    const { user, system } = process.cpuUsage(cpu);
    return {
      wallMs,
      cpuMs: (user + system) / 1000,
      bytes: Math.max(told, written),
      outputs: sum.outputs,
      checksum: sum.checksum,
      keys: KEYS,
      notes: { 'megabytes told': megabytes(told * 100) / 100, 'in files': megabytes(written * 100) / 100 },
    };
  });
}

function bytesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(directory, path)))
    .filter((stats) => stats.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}

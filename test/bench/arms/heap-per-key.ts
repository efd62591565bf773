import { callbackSink, createJob, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, KEYS, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { type Days, takeAll } from './q17-loop.js';

/** Objects and typed arrays, after everything that can go has gone: the buffers that one collection finds dead are freed beside it. */
function memoryInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What the memory has grown by from before the first bid to after the last. */
class Growth extends OutputSum {
  private readonly before = memoryInUse();
  private readonly cpu = process.cpuUsage();
  private readonly began = performance.now();
  private bytes = 0;

  consume(auction: number, statistics: Parameters<OutputSum['add']>[1]): void {
    this.add(auction, statistics);
    if (this.outputs === KEYS) this.bytes = memoryInUse() - this.before;
  }

  result(): ArmResult {
    const { outputs, checksum, bytes } = this;
    const { user, system } = process.cpuUsage(this.cpu);
    const timed = { wallMs: performance.now() - this.began, cpuMs: (user + system) / 1000 };
    return { ...timed, bytes: bytes / KEYS, outputs, checksum, keys: outputs };
  }
}

/** Bytes for each key of a job that keeps q17's accumulators. */
export async function heapOfJob(): Promise<ArmResult> {
  const batches = inBatches(bidsForEach());
  const growth = new Growth();
  const source = bidSource(async function* () {
    yield* batches;
  });
  const sink = callbackSink<Rolling>(({ key, value }) => growth.consume(key[1], value));
  await createJob('heap', rollingStatistics(source).pipe(to(sink))).run();
  return growth.result();
}

/** The same of the Maps of the loop by hand, whose accumulators have the fewest fields that do. */
export async function heapOfMap(): Promise<ArmResult> {
  const batches = inBatches(bidsForEach());
  const growth = new Growth();
  const days: Days = new Map();
  for (const batch of batches) takeAll(days, batch, (auction, _day, statistics) => growth.consume(auction, statistics));
  return growth.result();
}

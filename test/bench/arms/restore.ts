import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { callbackSink, createJob, fileCheckpoints, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, KEYS, megabytes, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { type Days, takeAll } from './q17-loop.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** From the start of an arm to its first element out, and then until each key has had one. */
class RestoreClock extends OutputSum {
  private readonly began = performance.now();
  private readonly cpu = process.cpuUsage();
  private cpuMs = 0;
  private first = 0;
  private last = 0;

  consume(auction: number, statistics: Parameters<OutputSum['add']>[1]): void {
    if (this.outputs === 0) {
      const { user, system } = process.cpuUsage(this.cpu);
      this.cpuMs = (user + system) / 1000;
      this.first = performance.now();
    }
    this.add(auction, statistics);
    if (this.outputs === KEYS) this.last = performance.now();
  }

  result(notes: NonNullable<ArmResult['notes']>): ArmResult {
    const { outputs, checksum, cpuMs, first, last, began } = this;
    const touched = { 'ms until each key was touched': Math.round(last - began) };
    return { wallMs: first - began, cpuMs, outputs, checksum, keys: outputs, notes: { ...notes, ...touched } };
  }
}

/** A job that goes on from its checkpoint in files: everything from its start to its first element out. */
export function restoreOfJob(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const bids = bidsForEach();
    const job = (read: Parameters<typeof bidSource>[0], consume: (rolling: Rolling) => void) =>
      createJob('restore', rollingStatistics(bidSource(read)).pipe(to(callbackSink(consume))), {
        checkpoints: { interval: '1h', storage: fileCheckpoints(directory) },
      });
    let bytes = 0;
    const before = job(
      () => oneByOne(bids),
      () => {},
    );
    before.events.subscribe((event) => {
      if (event.type === 'checkpointCompleted') bytes = event.bytes;
    });
    await before.run();
    collectGarbage();
    const clock = new RestoreClock();
    await job(
      (from) => oneByOne(from < 2 * KEYS ? bids : []),
      ({ key, value }) => clock.consume(key[1], value),
    ).run();
    return clock.result({ megabytes: megabytes(bytes) });
  });
}

async function* oneByOne(bids: readonly Bid[]): AsyncGenerator<readonly Bid[]> {
  yield* inBatches(bids);
}

/** `v8.deserialize` of the Maps of the loop by hand, and the loop goes on with them. */
export function restoreOfDeserialize(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const file = join(directory, 'state');
    const bids = bidsForEach();
    const days: Days = new Map();
    takeAll(days, bids, () => {});
    await writeFile(file, serialize(days));
    days.clear();
    collectGarbage();
    const clock = new RestoreClock();
    const bytes = readFileSync(file);
    takeAll(deserialize(bytes) as Days, bids, (auction, _day, statistics) => clock.consume(auction, statistics));
    return clock.result({ megabytes: megabytes(bytes.length) });
  });
}

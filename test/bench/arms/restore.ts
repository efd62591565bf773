import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { callbackSink, createJob, fileCheckpoints, type Source, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, KEYS, megabytes, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { type Consume, type Days, takeAll } from './q17-loop.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** From the start of an arm to its first element out; and what it then takes until each key has had one. */
class RestoreClock extends OutputSum {
  private readonly began = performance.now();
  private readonly cpu = process.cpuUsage();
  private cpuMs = 0;
  private restored = 0;
  private resumed = 0;
  private touched = 0;
  private tellRestored: () => void = () => {};
  readonly isRestored = new Promise<void>((resolve) => {
    this.tellRestored = resolve;
  });

  consume(auction: number, statistics: Parameters<OutputSum['add']>[1]): void {
    if (this.outputs === 0) {
      this.restored = performance.now();
      const { user, system } = process.cpuUsage(this.cpu);
      this.cpuMs = (user + system) / 1000;
      this.tellRestored();
    }
    this.add(auction, statistics);
    if (this.outputs === KEYS) this.touched = performance.now();
  }

  /** The first element is out; before it there are no others in memory, as in a process that has just been started. */
  goOn(): void {
    this.resumed = performance.now();
  }

  result(notes: NonNullable<ArmResult['notes']>): ArmResult {
    const { outputs, checksum, cpuMs, began, restored, resumed, touched } = this;
    const more = { 'ms for an element of each key': Math.round(touched - resumed) };
    return { wallMs: restored - began, cpuMs, outputs, checksum, keys: outputs, notes: { ...notes, ...more } };
  }
}

/** A job that goes on from its checkpoint in files: everything from its start to its first element out. */
export function restoreOfJob(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const run = async (source: Source<Bid>, consume: (rolling: Rolling) => void) => {
      const job = createJob('restore', rollingStatistics(source).pipe(to(callbackSink(consume))), {
        checkpoints: { interval: '1h', storage: fileCheckpoints(directory) },
      });
      let bytes = 0;
      job.events.subscribe((event) => {
        if (event.type === 'checkpointCompleted') bytes = event.bytes;
      });
      await job.run();
      return bytes;
    };
    const before = bidSource(async function* () {
      yield* inBatches(bidsForEach());
    });
    const bytes = await run(before, () => {});
    const [first] = bidsForEach() as [Bid];
    collectGarbage();
    const clock = new RestoreClock();
    const after = bidSource(async function* () {
      yield [first];
      // A source is asked for its next batch before the one before has been taken up.
      await clock.isRestored;
      const others = inBatches(bidsForEach().slice(1));
      clock.goOn();
      yield* others;
    });
    await run(after, ({ key, value }) => clock.consume(key[1], value));
    return clock.result({ megabytes: megabytes(bytes) });
  });
}

/** `v8.deserialize` of the Maps of the loop by hand, and the loop goes on with them. */
export function restoreOfDeserialize(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const file = join(directory, 'state');
    await writeFile(file, serialize(stateOf(bidsForEach())));
    const [first] = bidsForEach() as [Bid];
    collectGarbage();
    const clock = new RestoreClock();
    const consume: Consume = (auction, _day, statistics) => clock.consume(auction, statistics);
    const bytes = readFileSync(file);
    const days = deserialize(bytes) as Days;
    takeAll(days, [first], consume);
    const others = bidsForEach().slice(1);
    clock.goOn();
    takeAll(days, others, consume);
    return clock.result({ megabytes: megabytes(bytes.length) });
  });
}

function stateOf(bids: readonly Bid[]): Days {
  const days: Days = new Map();
  takeAll(days, bids, () => {});
  return days;
}

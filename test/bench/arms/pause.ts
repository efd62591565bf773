import { serialize } from 'node:v8';
import { createJob, fileCheckpoints, type Sink, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import { threadTime } from '../thread-clock.js';
import { inBatches } from './batch-source.js';
import { bidSource, bidsForEach, KEYS, megabytes, OutputSum, type Rolling, rollingStatistics } from './million-keys.js';
import { type Days, takeAll } from './q17-loop.js';
import { inTemporaryFolder } from './temporary-folder.js';

/**
 * The longest time without an element while the second of two checkpoints is on its way, its state a million keys. The CPU time is
 * that of the thread in its longest gap.
 */
export function pauseOfJob(): Promise<ArmResult> {
  return inTemporaryFolder(async (directory) => {
    const watch = new PauseWatch();
    const batches = inBatches(bidsForEach());
    // Bids for all keys, again and again, until the measurement is over.
    const source = bidSource(async function* () {
      for (let at = 0; !watch.ended; at++) yield batches[at % batches.length] as (typeof batches)[number];
    });
    const job = createJob('pause', rollingStatistics(source).pipe(to(watch.sink())), {
      checkpoints: { interval: '1h', storage: fileCheckpoints(directory) },
    });
    job.events.subscribe((event) => {
      if (event.type === 'checkpointCompleted') watch.completed(event.bytes);
    });
    await job.run();
    return watch.result();
  });
}

/** `v8.serialize` of the state that the same bids leave in Maps. */
export async function pauseOfSerialize(): Promise<ArmResult> {
  const days: Days = new Map();
  const sum = new OutputSum();
  takeAll(days, bidsForEach(), (auction, _day, statistics) => sum.add(auction, statistics));
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const bytes = serialize(days);
  const wallMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    outputs: sum.outputs,
    checksum: sum.checksum,
    keys: sum.outputs,
    notes: { megabytes: megabytes(bytes.length) },
  };
}

/** Elements between the checkpoints, so that the stream runs evenly when the second begins. */
const BETWEEN = 3_000_000;

/** Sees each element come out, asks for the checkpoints and measures the second. */
class PauseWatch {
  ended = false;
  private readonly first = new OutputSum();
  private elements = 0;
  private askAt = KEYS + BETWEEN;
  private taken = 0;
  private measuring = false;
  private last = 0;
  private longest = 0;
  /** The thread's time when it was looked up last, and when that was. */
  private thread = 0;
  private lookedUp = 0;
  private longestOnProcessor = 0;
  private begun = 0;
  private during = 0;
  private notes: NonNullable<ArmResult['notes']> = {};

  /** `flush` is what the engine calls while the barrier passes. */
  sink(): Sink<Rolling> {
    return {
      specVersion: 1,
      name: 'watch',
      guarantee: 'at-least-once',
      open: async (context) => ({
        write: ({ key, value }) => {
          if (this.measuring) this.look();
          if (++this.elements <= KEYS) this.first.add(key[1], value);
          if (this.elements === this.askAt) context.requestCheckpoint();
          return undefined;
        },
        flush: async () => this.barrier(),
        close: async () => {},
      }),
    };
  }

  completed(bytes: number): void {
    if (this.ended) return;
    this.taken++;
    if (this.taken === 1) {
      // What was made before the one that is measured must not be collected while that goes on.
      collectGarbage();
      this.askAt = this.elements + BETWEEN;
      return;
    }
    this.measuring = false;
    const ms = performance.now() - this.begun;
    this.notes = {
      megabytes: megabytes(bytes),
      'checkpoint ms': Math.round(ms),
      'elements meanwhile': this.during,
    };
    this.ended = true;
  }

  result(): ArmResult {
    const { outputs, checksum } = this.first;
    return {
      wallMs: this.longest,
      cpuMs: this.longestOnProcessor,
      outputs,
      checksum,
      keys: outputs,
      notes: this.notes,
    };
  }

  private barrier(): void {
    if (this.taken !== 1) return;
    this.begun = performance.now();
    this.thread = threadTime();
    this.lookedUp = this.begun;
    // The element before the barrier has just been written: what the barrier itself takes counts.
    this.last = this.begun;
    this.measuring = true;
  }

  private look(): void {
    const now = performance.now();
    const gap = now - this.last;
    if (gap > this.longest) this.longest = gap;
    if (now - this.lookedUp > 1) this.lookUp(now, gap);
    this.last = now;
    this.during++;
  }

  /** Often enough that little else than the gap lies between; too expensive for each element. */
  private lookUp(now: number, gap: number): void {
    const thread = threadTime();
    if (gap > 1) this.longestOnProcessor = Math.max(this.longestOnProcessor, thread - this.thread);
    this.thread = thread;
    this.lookedUp = now;
  }
}

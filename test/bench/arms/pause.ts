import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import {
  aggregateByKey,
  createJob,
  fileCheckpoints,
  fromSource,
  type Keyed,
  keyBy,
  type Sink,
  type Source,
  to,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { threadTime } from '../thread-clock.js';
import { BATCH, inBatches } from './batch-source.js';
import type { Statistics } from './q17-consumer.js';
import { DAY } from './q17-data.js';
import { statistics } from './q17-job.js';
import { type Days, takeAll } from './q17-loop.js';

const KEYS = 1_000_000;
/** Relatively prime to the number of keys: which key comes next has nothing to do with where its state lies. */
const STEP = 618_033;

/** A bid for each of a million auctions. */
function bidsForEach(): Bid[] {
  const bids = takeBids(createNexmark({ rate: 1_000_000 }), KEYS);
  const forEach = bids.map((bid, index) => ({ ...bid, auction: 1000 + ((index * STEP) % KEYS) }));
  collectGarbage();
  return forEach;
}

interface Checksum {
  keys: number;
  checksum: number;
}

function addFirst(into: Checksum, auction: number, total: number): void {
  into.keys++;
  into.checksum = (Math.imul(into.checksum, 31) + auction + total) | 0;
}

/**
 * The longest time without an element while the second of two checkpoints is on its way, its state a million keys. The CPU time is
 * that of the thread in its longest gap.
 */
export async function pauseOfJob(): Promise<ArmResult> {
  const watch = new PauseWatch();
  const bids = bidsForEach();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const flow = fromSource(endlessly(bids, watch)).pipe(
      keyBy((bid) => [Math.floor(bid.dateTime / DAY), bid.auction]),
      aggregateByKey(statistics()),
      to(watch.sink()),
    );
    const job = createJob('pause', flow, { checkpoints: { interval: '1h', storage: fileCheckpoints(directory) } });
    job.events.subscribe((event) => {
      if (event.type === 'checkpointCompleted') watch.completed(event.bytes);
    });
    await job.run();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return watch.result();
}

/** `v8.serialize` of the state that the same bids leave in Maps. */
export async function pauseOfSerialize(): Promise<ArmResult> {
  const days: Days = new Map();
  const sum: Checksum = { keys: 0, checksum: 0 };
  takeAll(days, bidsForEach(), (auction, _day, { total }) => addFirst(sum, auction, total));
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const bytes = serialize(days);
  const wallMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    outputs: sum.keys,
    checksum: sum.checksum,
    keys: sum.keys,
    notes: { megabytes: megabytes(bytes.length) },
  };
}

/** Elements between the checkpoints, so that the stream runs evenly when the second begins. */
const BETWEEN = 3_000_000;

/** Sees each element come out, asks for the checkpoints and measures the second. */
class PauseWatch {
  ended = false;
  private readonly first: Checksum = { keys: 0, checksum: 0 };
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
  sink(): Sink<Keyed<readonly [number, number], Statistics>> {
    return {
      specVersion: 1,
      name: 'watch',
      guarantee: 'at-least-once',
      open: async (context) => ({
        write: ({ key, value }) => {
          if (this.measuring) this.look();
          if (++this.elements <= KEYS) addFirst(this.first, key[1], value.total);
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
    const { keys, checksum } = this.first;
    return { wallMs: this.longest, cpuMs: this.longestOnProcessor, outputs: keys, checksum, keys, notes: this.notes };
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

/** Bids for all keys, again and again, until the measurement is over. */
function endlessly(bids: readonly Bid[], watch: PauseWatch): Source<Bid> {
  const batches = inBatches(bids);
  return {
    specVersion: 1,
    name: 'bids',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read() {
        for (let at = 0; !watch.ended; at++) {
          yield {
            values: batches[at % batches.length] as readonly Bid[],
            positionAfter: (index: number) => at * BATCH + index + 1,
          };
        }
      },
      close: async () => {},
    }),
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSink, type Source } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aggregateByKey,
  type CheckpointOptions,
  createJob,
  fileCheckpoints,
  fromSource,
  type Job,
  type JobOptions,
  keyBy,
  memoryCheckpoints,
  noRestart,
  sumOf,
  to,
} from '../index.js';

const KEYS = 5000;
const CHANGED = 50;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-incremental-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const blobs = async () => (await readdir(join(directory, 'state', 'sums', 'blobs'))).sort();

/** An element for each key, then as many as it is asked for, of a few keys. It ends when told to. */
class Feed {
  ended = false;
  private wake: () => void = () => {};

  readonly source: Source<number> = {
    specVersion: 1,
    name: 'feed',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async () => ({
      read: (_split, position, signal) => this.read(typeof position === 'number' ? position : 0, signal),
      close: async () => {},
    }),
  };

  constructor(private available = KEYS) {}

  /** So many elements more. */
  more(count: number): void {
    this.available += count;
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  private async *read(position: number, signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    for (let at = position; ; ) {
      while (at === this.available && !this.ended && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      if (signal.aborted || at === this.available) return;
      const from = at;
      at = Math.min(this.available, at + 500);
      const values = Array.from({ length: at - from }, (_, n) => from + n);
      yield { values, positionAfter: (index: number) => from + index + 1 };
    }
  }
}

const keyOf = (n: number): string => `key ${n < KEYS ? n : n % CHANGED}`;

/** The running sum of each key, as it came last. */
class Sums {
  readonly values = new Map<string, number>();
  count = 0;
  readonly sink = defineSink<{ readonly key: string; readonly value: number }>({
    name: 'sums',
    guarantee: 'at-least-once',
    open: async () => ({
      write: ({ key, value }) => {
        this.values.set(key, value);
        this.count++;
        return undefined;
      },
      flush: async () => {},
      close: async () => {},
    }),
  });

  async reach(count: number): Promise<void> {
    await expect.poll(() => this.count, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(count);
  }
}

function sumsOf(feed: Feed, sums: Sums, checkpoints: Partial<CheckpointOptions> = {}, options: JobOptions = {}): Job {
  const flow = fromSource(feed.source).pipe(
    keyBy(keyOf),
    aggregateByKey(
      sumOf((n: number) => n),
      { uid: 'sum' },
    ),
    to(sums.sink),
  );
  const storage = fileCheckpoints(join(directory, 'state'));
  return createJob('sums', flow, {
    restart: noRestart(),
    ...options,
    checkpoints: { interval: '1h', storage, ...checkpoints },
  });
}

function expected(elements: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (let n = 0; n < elements; n++) sums.set(keyOf(n), (sums.get(keyOf(n)) ?? 0) + n);
  return sums;
}

/** A job with one whole checkpoint and two of what changed, suspended. */
async function threeCheckpoints(): Promise<readonly number[]> {
  const feed = new Feed();
  const sums = new Sums();
  const job = sumsOf(feed, sums);
  const bytes: number[] = [];
  job.events.subscribe((event) => {
    if (event.type === 'checkpointCompleted') bytes.push(event.bytes);
  });
  const stop = new AbortController();
  const running = job.run({ signal: stop.signal });
  await sums.reach(KEYS);
  expect(await job.checkpoint()).toBe(1);
  for (const round of [1, 2]) {
    feed.more(CHANGED);
    await sums.reach(KEYS + round * CHANGED);
    await job.checkpoint();
  }
  stop.abort();
  expect((await running).status).toBe('suspended');
  return bytes;
}

/** Goes on to the end, and answers what came of it. */
async function goOn(options: JobOptions = {}, elements = KEYS + 3 * CHANGED) {
  const feed = new Feed(elements);
  feed.end();
  const sums = new Sums();
  const job = sumsOf(feed, sums, {}, options);
  let restoredFrom: number | undefined;
  job.events.subscribe((event) => {
    if (event.type === 'started') restoredFrom = event.restoredFrom;
  });
  await job.run();
  return { values: sums.values, restoredFrom };
}

/** The sums of the keys that the last elements belong to. */
function lastOf(elements: number): Map<string, number> {
  return new Map([...expected(elements)].filter(([key]) => Number(key.slice(4)) < CHANGED));
}

describe('a job with incremental checkpoints in files', () => {
  it('writes what changed: one key of a hundred is less than 3 % of everything; and goes on from it', async () => {
    const [whole = 0, first = 0, second = 0] = await threeCheckpoints();
    expect(first).toBeLessThan(whole * 0.03);
    expect(second).toBeLessThan(whole * 0.03);
    const sizes = await Promise.all(
      (await blobs()).map((name) => stat(join(directory, 'state', 'sums', 'blobs', name)).then(({ size }) => size)),
    );
    expect(sizes).toHaveLength(3);
    const { values, restoredFrom } = await goOn();
    expect(restoredFrom).toBe(3);
    expect(values).toEqual(lastOf(KEYS + 3 * CHANGED));
  });

  it('begins each run with everything, and drops the files of the runs before when no checkpoint needs them', async () => {
    await threeCheckpoints();
    expect((await blobs()).map((name) => name.slice(0, 5))).toEqual(['e1-c1', 'e1-c2', 'e1-c3']);
    await goOn();
    // The final checkpoint, and the one before it with its chain.
    expect((await blobs()).map((name) => name.slice(0, 5))).toEqual(['e1-c1', 'e1-c2', 'e1-c3', 'e2-c4']);
    await goOn({}, KEYS + 4 * CHANGED);
    expect((await blobs()).map((name) => name.slice(0, 5))).toEqual(['e2-c4', 'e3-c5']);
  });

  it('sweeps away what a run that was killed has written for no checkpoint', async () => {
    await threeCheckpoints();
    const orphan = join(directory, 'state', 'sums', 'blobs', 'e1-c4-s0');
    await writeFile(orphan, 'half');
    await goOn();
    await expect(stat(orphan)).rejects.toThrow('ENOENT');
  });

  it('refuses a chain with one damaged file, wherever in it; what lies before the damage is used', async () => {
    await threeCheckpoints();
    const names = await blobs();
    for (const [index, name] of names.entries()) {
      const path = join(directory, 'state', 'sums', 'blobs', name);
      const bytes = await readFile(path);
      for (const damage of [
        () => truncate(path, bytes.length - 1),
        () =>
          writeFile(
            path,
            Uint8Array.from(bytes, (byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
          ),
        () => rm(path),
      ]) {
        await damage();
        // Two checkpoints are kept, the second and the third: only the file of the last is of that one alone.
        if (index < 2) await expect(goOn()).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_DAMAGED' });
        else break;
        await writeFile(path, bytes);
      }
    }
    const { restoredFrom, values } = await goOn();
    expect(restoredFrom).toBe(2);
    expect(values).toEqual(lastOf(KEYS + 3 * CHANGED));
  });

  it('takes savepoints that hold everything: while it runs, and when it stops', async () => {
    const feed = new Feed();
    const sums = new Sums();
    const job = sumsOf(feed, sums);
    const running = job.run();
    await sums.reach(KEYS);
    await job.checkpoint();
    feed.more(CHANGED);
    await sums.reach(KEYS + CHANGED);
    await job.checkpoint();
    const between = await job.savepoint(join(directory, 'savepoints'));
    const last = await job.stop({ savepoint: join(directory, 'savepoints') });
    expect((await running).status).toBe('stopped');
    if (last === undefined) throw new Error('no savepoint');
    await rm(join(directory, 'state'), { recursive: true });
    for (const savepoint of [between, last]) {
      const files = await readdir(join(savepoint.path, 'savepoint', 'blobs'));
      expect(files).toHaveLength(1);
      const memory = memoryCheckpoints();
      const after = new Sums();
      const more = new Feed(KEYS + 2 * CHANGED);
      more.end();
      await sumsOf(more, after, { storage: memory }, { startFrom: savepoint }).run();
      expect(after.values).toEqual(lastOf(KEYS + 2 * CHANGED));
    }
  });

  it('writes everything each time when told so', async () => {
    const feed = new Feed();
    const sums = new Sums();
    const job = sumsOf(feed, sums, { incremental: false });
    const bytes: number[] = [];
    job.events.subscribe((event) => {
      if (event.type === 'checkpointCompleted') bytes.push(event.bytes);
    });
    const running = job.run();
    await sums.reach(KEYS);
    await job.checkpoint();
    await job.checkpoint();
    await job.cancel();
    await running;
    expect(bytes[1]).toBeGreaterThan((bytes[0] ?? 0) * 0.99);
  });
});

describe('a checkpoint by hand', () => {
  it('is refused by a job without checkpoints, and by one that does not run', async () => {
    const feed = new Feed(1);
    const sums = new Sums();
    const flow = fromSource(feed.source).pipe(keyBy(keyOf), aggregateByKey(sumOf((n: number) => n)), to(sums.sink));
    const job = createJob('plain', flow);
    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'SLUICE_JOB_NOT_RUNNING' });
    const running = job.run();
    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'SLUICE_OPTION' });
    await job.cancel();
    await running;
  });

  it('that fails rejects, and fails the run only when such failures are not tolerated', async () => {
    const memory = memoryCheckpoints();
    let full = false;
    const storage: typeof memory = {
      ...memory,
      async acquire(job, signal) {
        const lease = await memory.acquire(job, signal);
        return {
          ...lease,
          async write(blob, chunks) {
            if (full) throw new Error('no space');
            await lease.write(blob, chunks);
          },
        };
      },
    };
    const feed = new Feed(10);
    const sums = new Sums();
    const job = sumsOf(feed, sums, { storage, tolerableFailures: 1 });
    const running = job.run();
    await sums.reach(10);
    full = true;
    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
    full = false;
    expect(await job.checkpoint()).toBe(2);
    full = true;
    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
    running.catch(() => {});
    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
    await expect(running).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
  });
});

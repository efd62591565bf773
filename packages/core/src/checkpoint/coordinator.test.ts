import { type CheckpointLease, type CheckpointStorage, SluiceError, structuredCodec } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyedStore } from '../state/keyed-store.js';
import type { CapturedState, PreparedSink } from '../stream/barrier.js';
import { BarrierCollector } from '../task/barrier-collector.js';
import { systemClock } from '../task/system-clock.js';
import { listsBlobs } from './blob-listing.js';
import { CheckpointCoordinator, CheckpointFailed } from './coordinator.js';
import type { CheckpointPoint, CoordinatorSettings } from './coordinator-settings.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { latestUsable, openManifest } from './open-checkpoint.js';
import { collectOrphans } from './retention.js';

const never = new AbortController().signal;
const KEYS = 100;

/** One operator with keyed state, whose checkpoints take as long and fail as often as a test says. */
class Bench {
  readonly store = new KeyedStore({ uid: 'operator', maxParallelism: 8 });
  readonly table = this.store.table('n', structuredCodec<number>());
  readonly started: number[] = [];
  readonly ended: { readonly at: number; readonly checkpoint: number; readonly bytes: number }[] = [];
  readonly failed: string[] = [];
  readonly notRemoved: number[] = [];
  takesMs = 0;
  fails: CheckpointPoint | undefined;
  readonly coordinator: CheckpointCoordinator;

  constructor(
    readonly lease: CheckpointLease,
    settings: Partial<CoordinatorSettings> = {},
  ) {
    for (let n = 0; n < KEYS; n++) this.set(n, 0);
    this.coordinator = new CheckpointCoordinator({
      job: 'job',
      incarnation: lease.incarnation,
      epoch: lease.epoch,
      maxParallelism: 8,
      lease,
      clock: systemClock,
      target: {
        wave: async (checkpoint, chained) => {
          this.started.push(Date.now());
          const collector = new BarrierCollector(checkpoint, () => {}, chained);
          collector.capture(this.store.capture(new Uint8Array(0)));
          return { sources: new Map(), states: collector.states, sinks: [] as PreparedSink[] };
        },
        encode: encodeAll,
        completed: async () => {},
        retained: async () => {},
        notRemoved: (checkpoint) => void this.notRemoved.push(checkpoint),
      },
      interval: 1000,
      minPause: 0,
      timeout: 60_000,
      tolerableFailures: 0,
      retained: 2,
      incremental: true,
      newest: 0,
      onCompleted: (checkpoint, _ms, bytes) => this.ended.push({ at: Date.now(), checkpoint, bytes }),
      onFailed: (_checkpoint, { code }) => this.failed.push(code),
      at: async (point) => {
        if (point === 'afterBarrier' && this.takesMs > 0) await systemClock.sleep(this.takesMs);
        if (point === this.fails) throw new Error('told to fail');
      },
      ...settings,
    });
  }

  set(key: number, n: number): void {
    this.table.set(this.store.keys.idOf(key), n);
  }

  forget(key: number): void {
    const id = this.store.keys.idOf(key);
    this.table.delete(id);
    this.store.keys.endTurn(id);
  }

  take(whole = false): Promise<number> {
    return this.coordinator.take({ kind: 'checkpoint', commit: true, whole });
  }

  /** How many blobs the state has in a checkpoint. */
  async links(checkpoint: number): Promise<number | undefined> {
    return (await openManifest(this.lease, checkpoint)).operators.get('operator')?.length;
  }

  async blobs(): Promise<readonly string[]> {
    return listsBlobs(this.lease) ? [...(await this.lease.blobs())].sort() : [];
  }

  /** What the newest checkpoint has, by key. */
  async restored(): Promise<Map<unknown, unknown>> {
    const opened = await latestUsable(this.lease);
    const store = new KeyedStore({ uid: 'operator', maxParallelism: 8 });
    const table = store.table('n', structuredCodec<number>());
    store.restore(opened?.operators.get('operator') ?? new Uint8Array(0));
    return new Map([...store.contents()].map(([key]) => [key, table.get(store.keys.find(key))]));
  }

  kept(): Map<unknown, unknown> {
    return new Map([...this.store.contents()].map(([key, entries]) => [key, entries.get('n')]));
  }
}

async function* encodeAll(state: CapturedState): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  state.encode(
    (chunk) => chunks.push(chunk),
    () => false,
  );
  yield* chunks;
}

let storage: CheckpointStorage;
let lease: CheckpointLease;
beforeEach(async () => {
  storage = memoryCheckpoints();
  lease = await storage.acquire('job', never);
});
afterEach(() => vi.useRealTimers());

describe('incremental checkpoints', () => {
  it('hold what changed, behind the blobs that hold the rest, which stay as long as they are needed', async () => {
    const bench = new Bench(lease, { retained: 1 });
    await bench.take();
    bench.set(3, 33);
    bench.forget(4);
    bench.set(1000, 1);
    await bench.take();
    expect([await bench.links(2), await lease.list(), await bench.blobs()]).toEqual([2, [2], ['e1-c1-s0', 'e1-c2-s0']]);
    expect(bench.ended[1]?.bytes).toBeLessThan((bench.ended[0]?.bytes ?? 0) / 2);
    expect(await bench.restored()).toEqual(bench.kept());
    expect((await bench.restored()).get(3)).toBe(33);
  });

  it('that fail lose nothing that changed, and leave no blob', async () => {
    for (const point of ['afterBarrier', 'afterPrepare', 'afterStateWritten'] as const) {
      const other = await storage.acquire(point.toLowerCase(), never);
      const bench = new Bench(other, { tolerableFailures: 9 });
      await bench.take();
      bench.set(3, 33);
      bench.forget(4);
      bench.fails = point;
      await expect(bench.take()).rejects.toThrow(CheckpointFailed);
      bench.set(5, 55);
      bench.set(4, 44);
      bench.forget(6);
      await expect(bench.take()).rejects.toThrow(CheckpointFailed);
      bench.fails = undefined;
      await bench.take();
      expect(await bench.links(4)).toBe(2);
      expect(await bench.blobs()).toEqual(['e1-c1-s0', 'e1-c4-s0']);
      expect(await bench.restored()).toEqual(bench.kept());
    }
  });

  it('begin with everything again when what changed adds up to as much, and then the old blobs go', async () => {
    const bench = new Bench(lease);
    for (let n = 0; n < 2000; n++) bench.set(n, 0);
    await bench.take();
    const lengths: (number | undefined)[] = [];
    for (let round = 1; round <= 40; round++) {
      for (let key = 0; key < 200; key++) bench.set((round * 200 + key) % 2000, round);
      const checkpoint = await bench.take();
      lengths.push(await bench.links(checkpoint));
      expect(await bench.restored()).toEqual(bench.kept());
    }
    expect(Math.max(...lengths.map(Number))).toBeLessThan(12);
    expect(lengths.filter((length) => length === 1).length).toBeGreaterThan(2);
    const total = bench.ended.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeLessThan((bench.ended[0]?.bytes ?? 0) * 41 * 0.3);
    const manifests = await Promise.all((await lease.list()).map((id) => openManifest(lease, id)));
    const needed = new Set(
      manifests.flatMap(({ operators }) => [...operators.values()].flat().map(({ name }) => name)),
    );
    expect(await bench.blobs()).toEqual([...needed].sort());
  });

  it('have a hundred links at most', async () => {
    const bench = new Bench(lease);
    for (let n = 0; n < 4000; n++) bench.set(n, 0);
    await bench.take();
    const lengths: (number | undefined)[] = [];
    for (let round = 0; round < 120; round++) lengths.push(await bench.links(await bench.take()));
    expect(Math.max(...lengths.map(Number))).toBe(100);
    expect(lengths.indexOf(1)).toBe(99);
  });

  it('hold everything when most has changed, and when told to; what comes next builds on the last in the chain', async () => {
    const bench = new Bench(lease, { retained: 9 });
    await bench.take();
    for (let n = 0; n < 60; n++) bench.set(n, 1);
    expect(await bench.links(await bench.take())).toBe(1);
    bench.set(1, 2);
    expect(await bench.links(await bench.take())).toBe(2);
    bench.set(2, 2);
    expect(await bench.links(await bench.take(true))).toBe(1);
    expect(await bench.restored()).toEqual(bench.kept());
    bench.set(3, 2);
    expect(await bench.links(await bench.take())).toBe(3);
    expect(await bench.restored()).toEqual(bench.kept());
  });

  it('do not disturb a savepoint between them, nor does it them', async () => {
    const bench = new Bench(lease);
    await bench.take();
    bench.set(3, 33);
    const apart = await storage.acquire('savepoint', never);
    await bench.coordinator.take({ kind: 'savepoint', lease: apart, commit: false });
    expect((await openManifest(apart, 2)).operators.get('operator')?.length).toBe(1);
    bench.set(4, 44);
    expect(await bench.links(await bench.take())).toBe(2);
    expect(await bench.restored()).toEqual(bench.kept());
  });

  it('are off when told so', async () => {
    const bench = new Bench(lease, { incremental: false });
    await bench.take();
    bench.set(3, 33);
    expect(await bench.links(await bench.take())).toBe(1);
  });

  it('of a run that is gone leave nothing that no manifest needs; the next run begins with everything', async () => {
    const bench = new Bench(lease);
    await bench.take();
    bench.set(3, 33);
    await bench.take();
    // Written, and killed before the manifest.
    await lease.write('e1-c3-s0', new Uint8Array(9));
    const next = await storage.acquire('job', never);
    expect(await collectOrphans(next)).toBe(1);
    const after = new Bench(next, { newest: 2, retained: 1 });
    expect(await after.blobs()).toEqual(['e1-c1-s0', 'e1-c2-s0']);
    await after.take();
    expect([await after.links(3), await after.blobs()]).toEqual([1, ['e2-c3-s0']]);
  });
});

describe('older checkpoints that cannot be removed', () => {
  it('fail nothing, and go after the next', async () => {
    const { remove } = lease;
    const bench = new Bench(lease, { retained: 1 });
    await bench.take();
    lease.remove = () => Promise.reject(new Error('the disk is full'));
    expect(await bench.take()).toBe(2);
    expect([bench.notRemoved, await lease.list()]).toEqual([[2], [1, 2]]);
    lease.remove = remove.bind(lease);
    expect(await bench.take()).toBe(3);
    expect([bench.notRemoved, await lease.list()]).toEqual([[2], [3]]);
  });

  it('fail the run when the lease is lost', async () => {
    const bench = new Bench(lease, { retained: 1 });
    await bench.take();
    await storage.acquire('job', never);
    await expect(bench.take()).rejects.toThrow('SLUICE_FENCED');
  });
});

describe('the schedule of checkpoints', () => {
  const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });

  function running(settings: Partial<CoordinatorSettings>) {
    const bench = new Bench(lease, settings);
    const stop = new AbortController();
    const failure = bench.coordinator.run(stop.signal).then(
      () => undefined,
      (error) => error,
    );
    return { bench, stop, failure };
  }

  it('goes by the interval from beginning to beginning, and at once when one took longer', async () => {
    const { bench, stop } = running({});
    bench.takesMs = 300;
    await advance(3100);
    bench.takesMs = 1500;
    await advance(3500);
    stop.abort();
    expect(bench.started.slice(0, 5)).toEqual([1000, 2000, 3000, 4000, 5500]);
  });

  it('keeps the pause after each, also one by hand that comes between or is under way', async () => {
    const { bench, stop } = running({ minPause: 800 });
    bench.takesMs = 500;
    await advance(2600);
    // The first from 1000 to 1500, the second from 2300 to 2800.
    expect(bench.started).toEqual([1000, 2300]);
    await advance(400);
    const byHand = bench.take();
    await advance(100);
    expect(bench.started).toEqual([1000, 2300, 3000]);
    await advance(1500);
    await byHand;
    // By hand from 3000 to 3500: not at 3600.
    expect(bench.started).toEqual([1000, 2300, 3000, 4300]);
    stop.abort();
  });

  it('does not let a sink that is full wait for the pause', async () => {
    const { bench, stop } = running({ minPause: 5000 });
    await advance(1100);
    bench.coordinator.request();
    await advance(1);
    expect(bench.started).toEqual([1000, 1100]);
    stop.abort();
  });

  it('gives up one that takes too long, counts it once, and goes on when that is tolerated', async () => {
    const { bench, stop, failure } = running({ timeout: 400, tolerableFailures: 1 });
    bench.takesMs = 700;
    await advance(1500);
    expect([bench.failed, await lease.list()]).toEqual([['SLUICE_CHECKPOINT_TIMEOUT'], []]);
    bench.takesMs = 0;
    await advance(700);
    expect(bench.ended.map(({ checkpoint }) => checkpoint)).toEqual([2]);
    await advance(2000);
    expect([bench.failed.length, await bench.blobs().then((names) => names[0])]).toEqual([1, 'e1-c2-s0']);
    expect(await bench.restored()).toEqual(bench.kept());
    stop.abort();
    expect(await failure).toBeUndefined();
  });

  it('fails the run after more failures in a row than are tolerated, and not after as many with one that succeeded between', async () => {
    const { bench, failure } = running({ tolerableFailures: 1 });
    bench.fails = 'afterPrepare';
    await advance(1100);
    bench.fails = undefined;
    await advance(1000);
    bench.fails = 'afterPrepare';
    await advance(1000);
    expect(bench.failed).toHaveLength(2);
    await advance(1000);
    expect(await failure).toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
    expect(bench.failed).toHaveLength(3);
  });

  it('counts one by hand like the others, and a savepoint not at all', async () => {
    const { bench, failure, stop } = running({ tolerableFailures: 1 });
    bench.fails = 'afterPrepare';
    const apart = await storage.acquire('savepoint', never);
    for (let n = 0; n < 3; n++) {
      const failing = bench.coordinator.take({ kind: 'savepoint', lease: apart, commit: false });
      await expect(failing).rejects.toMatchObject({ fatal: false });
    }
    await expect(bench.take()).rejects.toMatchObject({ fatal: false });
    await expect(bench.take()).rejects.toMatchObject({ fatal: true });
    stop.abort();
    await advance(1);
    expect(await failure).toBeUndefined();
    expect(SluiceError.isInstance(await failure)).toBe(false);
  });

  it('ends with the signal', async () => {
    const { bench, stop, failure } = running({});
    stop.abort();
    expect(await failure).toBeUndefined();
    await advance(5000);
    expect(bench.started).toEqual([]);
  });
});

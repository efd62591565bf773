import type { CheckpointLease } from '@sluice/connector-sdk';
import { describe, expect, it } from 'vitest';
import {
  errno,
  type FileCall,
  interceptFiles,
  PowerLossFiles,
  type Survival,
} from '../../../../test/contracts/power-loss-files.js';
import { writeBlob } from './blob.js';
import { blobName } from './checkpoint-name.js';
import type { DurableFileSystem } from './durable-file.js';
import { fileCheckpointsOn } from './file-checkpoints.js';
import { encodeFrames } from './frames.js';
import { encodeManifest } from './manifest.js';
import { latestUsable, openCheckpoint } from './open-checkpoint.js';
import { collectOrphans, discardAttempt, retainNewest } from './retention.js';

const never = new AbortController().signal;
const DIRECTORY = '/srv/data/checkpoints';

type Phase = 'acquire' | 'write' | 'publish' | 'remove';

/** What a run was told has happened: all of it must be true whatever happens next. */
interface Told {
  phase: Phase;
  epoch: number;
  incarnation: string | undefined;
  attempted: number;
  published: number;
  removed: number[];
}

function nothingTold(): Told {
  return { phase: 'acquire', epoch: 0, incarnation: undefined, attempted: 0, published: 0, removed: [] };
}

async function acquire(files: DurableFileSystem, told: Told): Promise<CheckpointLease> {
  told.phase = 'acquire';
  const lease = await fileCheckpointsOn(files, DIRECTORY).acquire('job', never);
  expect(lease.epoch).toBeGreaterThan(told.epoch);
  if (told.incarnation !== undefined) expect(lease.incarnation).toBe(told.incarnation);
  told.epoch = lease.epoch;
  told.incarnation = lease.incarnation;
  return lease;
}

async function checkpoint(lease: CheckpointLease, id: number, told: Told): Promise<void> {
  const name = (part: string) => blobName(lease.epoch, id, part);
  told.phase = 'write';
  const state = await writeBlob(lease, name('state'), new Uint8Array(40).fill(id));
  const rows = await writeBlob(lease, name('rows'), encodeFrames([{ version: 1, bytes: Uint8Array.of(id) }]));
  told.phase = 'publish';
  told.attempted = id;
  await lease.publish(
    id,
    encodeManifest({
      job: 'job',
      checkpoint: id,
      epoch: lease.epoch,
      incarnation: lease.incarnation,
      kind: 'checkpoint',
      completedAt: 0,
      maxParallelism: 128,
      finished: false,
      sources: new Map(),
      operators: new Map([['state', [state]]]),
      sinks: new Map([['sink', [rows]]]),
    }),
  );
  told.published = id;
  told.phase = 'remove';
  told.removed.push(...(await retainNewest(lease, 1)).removed);
}

/** Two starts, the second one after a stop that released nothing; four checkpoints, one retained. */
async function run(files: DurableFileSystem, told: Told): Promise<void> {
  for (const ids of [
    [1, 2],
    [3, 4],
  ]) {
    const lease = await acquire(files, told);
    for (const id of ids) await checkpoint(lease, id, told);
  }
}

/** All that was told is still true, every checkpoint listed is whole, and the next one can be made. */
async function verify(files: DurableFileSystem, told: Told): Promise<number> {
  const lease = await acquire(files, told);
  const ids = await lease.list();
  for (const id of ids) expect((await openCheckpoint(lease, id)).operators.get('state')?.[0]).toBe(id);
  for (const id of told.removed) expect(ids).not.toContain(id);
  const newest = (await latestUsable(lease))?.checkpoint ?? 0;
  expect(newest).toBeGreaterThanOrEqual(told.published);
  expect(newest).toBeLessThanOrEqual(told.attempted);
  await collectOrphans(lease);
  for (const id of await lease.list()) await openCheckpoint(lease, id);
  await checkpoint(lease, newest + 1, told);
  return newest;
}

class Crash extends Error {}

/** The process ends just before this call; calls counted from 1. Answers whether it came so far. */
async function runUntil(files: DurableFileSystem, told: Told, crashAt: number): Promise<boolean> {
  let calls = 0;
  const counted = interceptFiles(files, async (_call, _path, act) => {
    if (++calls >= crashAt) throw new Crash();
    return act();
  });
  await run(counted, told).catch(() => undefined);
  return calls >= crashAt;
}

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

type Mutation = (call: FileCall, path: string, phase: Phase) => boolean;

/** A machine loses power, or a process ends, before every single call; then what was told is compared with what is there. */
async function tryEveryCrash(dropped: Mutation = () => false, step = 1): Promise<number> {
  // Undefined: only the process ends, its successor restores, and the power fails then.
  const endings: (Survival | undefined)[] = [undefined, 'nothing', randomFrom(7), randomFrom(8)];
  let tried = 0;
  for (let crashAt = 1; ; crashAt += step) {
    let reached = false;
    for (const ending of endings) {
      const model = new PowerLossFiles();
      const told = nothingTold();
      const files = interceptFiles(model, async (call, path, act) => {
        if (dropped(call, path, told.phase)) return undefined as Awaited<ReturnType<typeof act>>;
        return act();
      });
      reached = await runUntil(files, told, crashAt);
      if (ending !== undefined) model.losePower(ending);
      const newest = await verify(files, told);
      model.losePower('nothing');
      told.attempted = Math.max(told.attempted, newest + 1);
      await verify(files, told);
      tried++;
    }
    if (!reached) return tried;
  }
}

describe('fileCheckpoints and a loss of power', () => {
  it('keeps its word wherever the machine stops', async () => {
    expect(await tryEveryCrash()).toBeGreaterThan(500);
  }, 180_000);

  const under = (folder: string) => (path: string) => path.endsWith(`/${folder}`);
  const mutants: Record<string, Mutation> = {
    'the content of a blob': (call, path, phase) => call === 'sync' && phase === 'write' && path.includes('/work/'),
    'the content of a manifest': (call, _path, phase) => call === 'sync' && phase === 'publish',
    'the content of a lease': (call, _path, phase) => call === 'sync' && phase === 'acquire',
    'the names of blobs': (call, path) => call === 'syncDirectory' && under('blobs')(path),
    'the name of a published manifest': (call, path, phase) =>
      call === 'syncDirectory' && phase === 'publish' && under('checkpoints')(path),
    'the name of a removed manifest': (call, path, phase) =>
      call === 'syncDirectory' && phase === 'remove' && under('checkpoints')(path),
    'what another run published last': (call, path, phase) =>
      call === 'syncDirectory' && phase === 'acquire' && under('checkpoints')(path),
    'the names of leases': (call, path) => call === 'syncDirectory' && under('leases')(path),
    "the names in the job's folder": (call, path) => call === 'syncDirectory' && under('job')(path),
    "the name of the job's folder": (call, path) =>
      call === 'syncDirectory' && under('checkpoints')(path) && path === DIRECTORY,
    'the name of the folder that was given': (call, path) => call === 'syncDirectory' && path === '/srv/data',
    'a folder above it': (call, path) => call === 'syncDirectory' && path === '/',
  };
  for (const [what, mutation] of Object.entries(mutants)) {
    it(`is caught when it does not sync ${what}`, async () => {
      await expect(tryEveryCrash(mutation)).rejects.toThrow();
    }, 180_000);
  }
});

describe('fileCheckpoints and a disk that refuses', () => {
  const outcomes = new Set<string>();

  /** A job with tolerable failures and nothing prepared: it discards a failed checkpoint and goes on. */
  async function runTolerant(files: DurableFileSystem, told: Told): Promise<void> {
    const failed = (error: unknown) => {
      expect(error).toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^SLUICE_CHECKPOINT_(IO|IN_DOUBT)$/) }),
      );
      outcomes.add((error as { code: string }).code);
    };
    for (const ids of [
      [1, 2],
      [3, 4],
    ]) {
      let lease: CheckpointLease | undefined;
      for (let attempt = 0; lease === undefined && attempt < 2; attempt++) {
        lease = await acquire(files, told).catch((error) => void failed(error));
      }
      if (lease === undefined) throw new Error('not acquired at the second attempt');
      for (const id of ids) {
        const { published } = told;
        try {
          await checkpoint(lease, id, told);
        } catch (error) {
          failed(error);
          if (told.published !== published) continue;
          const blobs = ['state', 'rows'].map((part) => blobName(lease?.epoch ?? 0, id, part));
          await discardAttempt(lease, id, blobs);
        }
      }
      expect(told.published).toBeGreaterThanOrEqual(ids[0] ?? 0);
    }
  }

  for (const [when, code] of [
    ['before', 'ENOSPC'],
    ['before', 'EIO'],
    ['after', 'EIO'],
  ] as const) {
    it(`loses nothing to one ${code} ${when} any call`, async () => {
      for (let failAt = 1; ; failAt++) {
        const model = new PowerLossFiles();
        const told = nothingTold();
        let calls = 0;
        const failing = interceptFiles(model, async (_call, path, act) => {
          const fails = ++calls === failAt;
          if (fails && when === 'before') throw errno(code, path);
          const result = await act();
          if (fails) throw errno(code, path);
          return result;
        });
        await runTolerant(failing, told);
        model.losePower('nothing');
        await verify(model, told);
        if (calls < failAt) break;
      }
      expect(outcomes).toEqual(new Set(['SLUICE_CHECKPOINT_IO', 'SLUICE_CHECKPOINT_IN_DOUBT']));
    }, 180_000);
  }
});

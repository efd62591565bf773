import type { CheckpointLease, CheckpointStorage } from '@sluice/connector-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { sampleCheckpoint, sampleManifest } from '../../../../test/contracts/sample-checkpoint.js';
import { writeBlob } from './blob.js';
import { listsBlobs } from './blob-listing.js';
import { encodeManifest } from './manifest.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { openCheckpoint } from './open-checkpoint.js';
import { collectOrphans, discardAttempt, removeAllCheckpoints, retainNewest } from './retention.js';

const never = new AbortController().signal;
let storage: CheckpointStorage;
let lease: CheckpointLease;
beforeEach(async () => {
  storage = memoryCheckpoints();
  lease = await storage.acquire('job', never);
});

async function blobs(): Promise<readonly string[]> {
  return listsBlobs(lease) ? [...(await lease.blobs())].sort() : [];
}

describe('retainNewest', () => {
  it('keeps so many, with their blobs and no others', async () => {
    for (const id of [1, 2, 3, 4]) await sampleCheckpoint(lease, id, true);
    expect((await retainNewest(lease, 2)).removed).toEqual([1, 2]);
    expect(await lease.list()).toEqual([3, 4]);
    expect(await blobs()).toEqual(['e1-c3-s0', 'e1-c3-t0', 'e1-c4-s0', 'e1-c4-t0']);
    expect((await retainNewest(lease, 2)).removed).toEqual([]);
    expect((await retainNewest(lease, 7)).removed).toEqual([]);
  });

  it('keeps a blob that a newer checkpoint refers to as well', async () => {
    const shared = await writeBlob(lease, 'e1-shared', Uint8Array.of(1));
    for (const id of [1, 2]) {
      await lease.publish(id, encodeManifest(sampleManifest(lease, id, { operators: new Map([['o', [shared]]]) })));
    }
    await retainNewest(lease, 1);
    expect((await openCheckpoint(lease, 2)).operators.size).toBe(1);
  });

  it('removes manifests before blobs, so that an end between leaves no checkpoint without its blobs', async () => {
    for (const id of [1, 2]) await sampleCheckpoint(lease, id, true);
    const removed: (readonly string[])[] = [];
    const watched: CheckpointLease = Object.assign(Object.create(lease), {
      remove: async (names: readonly string[]) => {
        removed.push(names);
        await lease.remove(names);
      },
    });
    await retainNewest(watched, 1);
    expect(removed).toEqual([['checkpoint-1'], ['e1-c1-s0', 'e1-c1-t0']]);
  });

  it('removes no blob while a manifest that is kept cannot be read', async () => {
    await sampleCheckpoint(lease, 1, false);
    await lease.publish(2, Uint8Array.of(1));
    await retainNewest(lease, 1);
    expect(await lease.list()).toEqual([2]);
    expect(await blobs()).toEqual(['e1-c1-s0']);
  });
});

describe('collectOrphans', () => {
  it('removes what runs before this one left behind, and nothing else', async () => {
    await sampleCheckpoint(lease, 1, true);
    await lease.write('e1-c2-s0', Uint8Array.of(1));
    await lease.write('foreign', Uint8Array.of(1));
    lease = await storage.acquire('job', never);
    await lease.write('e2-c2-s0', Uint8Array.of(1));
    expect(await collectOrphans(lease)).toBe(1);
    expect(await blobs()).toEqual(['e1-c1-s0', 'e1-c1-t0', 'e2-c2-s0', 'foreign']);
  });

  it('removes nothing while a manifest cannot be read, nor where blobs are not listed', async () => {
    await lease.write('e1-c1-s0', Uint8Array.of(1));
    await lease.publish(1, Uint8Array.of(1));
    lease = await storage.acquire('job', never);
    expect(await collectOrphans(lease)).toBe(0);
    await lease.remove(['checkpoint-1']);
    const { blobs: _, ...unlisted } = lease as CheckpointLease & { blobs: unknown };
    expect(await collectOrphans(unlisted)).toBe(0);
    expect(await collectOrphans(lease)).toBe(1);
  });
});

describe('discardAttempt', () => {
  it('removes what is there of it', async () => {
    await sampleCheckpoint(lease, 1, false);
    await lease.write('e1-c2-s0', Uint8Array.of(1));
    await discardAttempt(lease, 2, ['e1-c2-s0', 'e1-c2-never']);
    expect(await blobs()).toEqual(['e1-c1-s0']);
    await discardAttempt(lease, 1, ['e1-c1-s0']);
    expect(await lease.list()).toEqual([]);
  });
});

describe('removeAllCheckpoints', () => {
  it('leaves nothing', async () => {
    for (const id of [1, 2]) await sampleCheckpoint(lease, id, true);
    await lease.write('e1-c3-s0', Uint8Array.of(1));
    await removeAllCheckpoints(lease);
    expect(await lease.list()).toEqual([]);
    expect(await blobs()).toEqual([]);
  });
});

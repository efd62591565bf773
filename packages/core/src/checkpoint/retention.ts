import type { CheckpointLease, CheckpointReader } from '@sluice/connector-sdk';
import { listsBlobs } from './blob-listing.js';
import { isDamaged } from './checkpoint-failure.js';
import { checkpointName, epochOfBlob } from './checkpoint-name.js';
import { blobsOf } from './manifest.js';
import { openManifest } from './open-checkpoint.js';

/**
 * Keeps the newest checkpoints and removes the others: first their manifests, then the blobs that no manifest left refers to, so that a
 * crash between leaves orphans and never a checkpoint without its blobs.
 *
 * @param retained How many to keep, from 1.
 * @returns the ids, ascending.
 */
export async function retainNewest(
  lease: CheckpointLease,
  retained: number,
): Promise<{ readonly removed: readonly number[]; readonly kept: readonly number[] }> {
  const ids = await lease.list();
  const first = Math.max(0, ids.length - retained);
  const removed = ids.slice(0, first);
  await removeCheckpoints(lease, removed);
  return { removed, kept: ids.slice(first) };
}

/** Removes every checkpoint of the job, and every blob as far as the storage can tell which there are. */
export async function removeAllCheckpoints(lease: CheckpointLease): Promise<void> {
  await removeCheckpoints(lease, await lease.list());
  if (listsBlobs(lease)) await lease.remove(await lease.blobs());
}

/**
 * Removes a checkpoint that failed: its blobs, and before them the manifest, which may be there after a publication in doubt. Without it
 * the attempt's blobs stay until the next start collects them.
 */
export async function discardAttempt(
  lease: CheckpointLease,
  checkpoint: number,
  blobs: readonly string[],
): Promise<void> {
  await lease.remove([checkpointName(checkpoint)]);
  await lease.remove(blobs);
}

/**
 * Removes the blobs that runs before this one left behind and no checkpoint refers to. Call it after `acquire`: none of those runs can
 * publish any more. While a manifest cannot be read nothing is collected; nor from a storage that does not list its blobs.
 *
 * @returns how many were removed.
 */
export async function collectOrphans(lease: CheckpointLease): Promise<number> {
  if (!listsBlobs(lease)) return 0;
  const needed = await blobsNeeded(lease, await lease.list());
  if (needed === undefined) return 0;
  const orphans = (await lease.blobs()).filter((name) => {
    const epoch = epochOfBlob(name);
    return epoch !== undefined && epoch < lease.epoch && !needed.has(name);
  });
  await lease.remove(orphans);
  return orphans.length;
}

async function removeCheckpoints(lease: CheckpointLease, old: readonly number[]): Promise<void> {
  if (old.length === 0) return;
  const candidates = new Set<string>();
  for (const checkpoint of old) {
    for (const name of (await blobsNeeded(lease, [checkpoint])) ?? []) candidates.add(name);
  }
  await lease.remove(old.map(checkpointName));
  // What a kept manifest that cannot be read refers to is not known: then the blobs stay, to be collected at a later start.
  const needed = await blobsNeeded(lease, await lease.list());
  if (needed !== undefined) await lease.remove([...candidates].filter((name) => !needed.has(name)));
}

/** Undefined when one of the manifests is damaged. */
async function blobsNeeded(reader: CheckpointReader, ids: readonly number[]): Promise<Set<string> | undefined> {
  const names = new Set<string>();
  try {
    for (const checkpoint of ids) {
      const manifest = await openManifest(reader, checkpoint);
      for (const ref of blobsOf(manifest)) names.add(ref.name);
    }
  } catch (error) {
    if (isDamaged(error)) return undefined;
    throw error;
  }
  return names;
}

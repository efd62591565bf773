import {
  type CheckpointLease,
  type CheckpointReader,
  type CheckpointStorage,
  SluiceError,
} from '@sluice/connector-sdk';
import { type BlobRef, readBlob, writeBlob } from './blob.js';
import { blobName } from './checkpoint-name.js';
import { fileCheckpoints } from './file-checkpoints.js';
import { encodeManifest, type Manifest } from './manifest.js';
import { type OpenedCheckpoint, openCheckpoint, openManifest } from './open-checkpoint.js';
import { collectOrphans } from './retention.js';

/** Where a savepoint is: in a folder of its own, or under a name in a checkpoint storage. */
export interface SavepointTarget {
  readonly path: string;
  readonly storage?: CheckpointStorage | undefined;
}

const COMPONENT = 'savepoint';
/** The one job of a savepoint's folder. */
const JOB = 'savepoint';

/**
 * Acquires the place of a new savepoint, for one checkpoint to be published there. A savepoint that is there already is never replaced; what
 * an attempt that was cut off left behind is. Release the lease in the end.
 *
 * @throws SLUICE_SAVEPOINT when there is one already, and what the storage throws.
 */
export async function acquireSavepoint(target: SavepointTarget, signal: AbortSignal): Promise<CheckpointLease> {
  const { storage, job } = placeOf(target);
  const lease = await storage.acquire(job, signal);
  try {
    if ((await lease.list()).length > 0) {
      throw new SluiceError({
        code: 'SLUICE_SAVEPOINT',
        component: COMPONENT,
        expected: `no savepoint at ${target.path} yet`,
        actual: 'one that is complete',
        remedy: 'name another place, or remove that one yourself',
      });
    }
    await collectOrphans(lease);
    return lease;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/**
 * Copies a checkpoint to where it depends on nothing else.
 *
 * @throws SLUICE_SAVEPOINT when there is one already, SLUICE_CHECKPOINT_DAMAGED when the checkpoint is not whole, and what the storages throw.
 */
export async function writeSavepoint(
  reader: CheckpointReader,
  checkpoint: number,
  target: SavepointTarget,
  signal: AbortSignal,
): Promise<void> {
  const lease = await acquireSavepoint(target, signal);
  try {
    await copyCheckpoint(reader, checkpoint, lease, 'savepoint', signal);
  } finally {
    await lease.release();
  }
}

/**
 * Reads a savepoint, all of it verified. Nothing is changed there, so many jobs may start from it.
 *
 * @throws SLUICE_SAVEPOINT when there is none, and as `openCheckpoint`.
 */
export async function readSavepoint(target: SavepointTarget): Promise<OpenedCheckpoint> {
  const { storage, job } = placeOf(target);
  const reader = await storage.inspect(job);
  const checkpoint = (await reader.list()).at(-1);
  if (checkpoint !== undefined) return openCheckpoint(reader, checkpoint);
  throw new SluiceError({
    code: 'SLUICE_SAVEPOINT',
    component: COMPONENT,
    expected: `a savepoint at ${target.path}`,
    actual: 'none that is complete',
    remedy: 'name the path that savepoint() or stop() gave back',
  });
}

/** Copies a checkpoint with all its blobs under another lease, verified on the way, under the same id. */
export async function copyCheckpoint(
  from: CheckpointReader,
  checkpoint: number,
  to: CheckpointLease,
  kind: Manifest['kind'],
  signal: AbortSignal,
): Promise<void> {
  const manifest = await openManifest(from, checkpoint);
  let count = 0;
  const copied = new Map<string, BlobRef>();
  const copy = async (ref: BlobRef): Promise<BlobRef> => {
    signal.throwIfAborted();
    const earlier = copied.get(ref.name);
    if (earlier !== undefined) return earlier;
    const bytes = await readBlob(from, ref);
    const made = await writeBlob(to, blobName(to.epoch, checkpoint, `copy-${++count}`), bytes);
    copied.set(ref.name, made);
    return made;
  };
  const copyAll = async (lists: ReadonlyMap<string, readonly BlobRef[]>): Promise<Map<string, BlobRef[]>> => {
    const copies = new Map<string, BlobRef[]>();
    for (const [uid, refs] of lists) {
      const list: BlobRef[] = [];
      for (const ref of refs) list.push(await copy(ref));
      copies.set(uid, list);
    }
    return copies;
  };
  const operators = await copyAll(manifest.operators);
  const sinks = await copyAll(manifest.sinks);
  await to.publish(checkpoint, encodeManifest({ ...manifest, kind, operators, sinks }));
}

export function placeOf(target: SavepointTarget): { storage: CheckpointStorage; job: string } {
  return target.storage === undefined
    ? { storage: fileCheckpoints(target.path), job: JOB }
    : { storage: target.storage, job: target.path };
}

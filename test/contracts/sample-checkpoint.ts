import type { CheckpointLease } from '@sluice/connector-sdk';
import { writeBlob } from '../../packages/core/src/checkpoint/blob.js';
import { blobName } from '../../packages/core/src/checkpoint/checkpoint-name.js';
import { encodeFrames } from '../../packages/core/src/checkpoint/frames.js';
import { encodeManifest, type Manifest } from '../../packages/core/src/checkpoint/manifest.js';

export const nothing: Pick<Manifest, 'sources' | 'operators' | 'sinks'> = {
  sources: new Map(),
  operators: new Map(),
  sinks: new Map(),
};

export function sampleManifest(lease: CheckpointLease, checkpoint: number, parts: Partial<Manifest> = {}): Manifest {
  return {
    job: 'job',
    checkpoint,
    epoch: lease.epoch,
    incarnation: lease.incarnation,
    kind: 'checkpoint',
    completedAt: 1_000_000,
    maxParallelism: 128,
    finished: false,
    ...nothing,
    ...parts,
  };
}

/** A small complete checkpoint: one source, one operator whose state is the checkpoint's id, and one sink if it shall be transactional. */
export async function sampleCheckpoint(
  lease: CheckpointLease,
  checkpoint: number,
  transactional: boolean,
): Promise<Manifest> {
  const state = await writeBlob(lease, blobName(lease.epoch, checkpoint, 's0'), Uint8Array.of(checkpoint, 1, 2, 3));
  const sinks = new Map<string, Awaited<ReturnType<typeof writeBlob>>[]>();
  if (transactional) {
    const frames = encodeFrames([{ version: 1, bytes: Uint8Array.of(checkpoint) }]);
    sinks.set('sink', [await writeBlob(lease, blobName(lease.epoch, checkpoint, 't0'), frames)]);
  }
  const position = { version: 1, bytes: Uint8Array.of(checkpoint) };
  const split = { id: 'split', split: { version: 1, bytes: new Uint8Array(0) }, position, finished: false };
  const sources = new Map([['source', [split]]]);
  const manifest = sampleManifest(lease, checkpoint, { sources, operators: new Map([['operator', [state]]]), sinks });
  await lease.publish(checkpoint, encodeManifest(manifest));
  return manifest;
}

import { randomUUID } from 'node:crypto';
import type { CheckpointLease, CheckpointReader, CheckpointStorage } from '@sluice/connector-sdk';
import type { BlobListing } from './blob-listing.js';
import { badName, damaged, fenced } from './checkpoint-failure.js';
import { checkBlobName, checkCheckpointId, checkName, checkNewer, checkpointOfName } from './checkpoint-name.js';
import { inSlices } from './checksum.js';

const COMPONENT = 'memoryCheckpoints';

interface JobCheckpoints {
  readonly incarnation: string;
  /** The newest epoch given out. */
  epoch: number;
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<number, Uint8Array>;
}

/**
 * Checkpoints in this process's memory: for tests, and for jobs that need to survive their own errors but no crash.
 *
 * Fences as the durable storages do, and publishes rows beside a manifest: its `resource` is `memory:<incarnation>`, a transaction of it
 * takes what is to be done when it commits. Keep the object: another call makes another, empty storage.
 *
 * Its leases and readers fail with SLUICE_FENCED, SLUICE_CHECKPOINT_NAME, and SLUICE_CHECKPOINT_DAMAGED for what is not there.
 *
 * @example
 * const storage = memoryCheckpoints();
 * createJob('revenue', flow, { checkpoints: { interval: '1s', storage } });
 */
export function memoryCheckpoints(): CheckpointStorage {
  const jobs = new Map<string, JobCheckpoints>();
  return {
    specVersion: 1,
    name: COMPONENT,
    async acquire(job, signal) {
      signal.throwIfAborted();
      const held = jobs.get(job) ?? { incarnation: randomUUID(), epoch: 0, blobs: new Map(), manifests: new Map() };
      jobs.set(job, held);
      return memoryLease(held, ++held.epoch);
    },
    async inspect(job) {
      return memoryReader(() => jobs.get(job));
    },
  };
}

/** A publication under way. */
export interface MemoryTransaction {
  /** Does this, synchronously, at the moment when the checkpoint becomes complete; never when it does not. */
  onCommit(apply: () => void): void;
}

function memoryReader(held: () => JobCheckpoints | undefined): CheckpointReader {
  return {
    list: async () => [...(held()?.manifests.keys() ?? [])].sort((a, b) => a - b),
    async manifest(checkpoint) {
      checkCheckpointId(COMPONENT, checkpoint);
      const bytes = held()?.manifests.get(checkpoint);
      if (bytes === undefined) throw damaged(COMPONENT, `checkpoint ${checkpoint}`, 'no such checkpoint');
      return Uint8Array.from(bytes);
    },
    async *read(blob) {
      checkBlobName(COMPONENT, blob);
      const bytes = held()?.blobs.get(blob);
      if (bytes === undefined) throw damaged(COMPONENT, `blob ${blob}`, 'no such blob');
      for await (const slice of inSlices(bytes)) yield Uint8Array.from(slice);
    },
  };
}

function memoryLease(held: JobCheckpoints, epoch: number): CheckpointLease & BlobListing {
  let released = false;
  const refuseIfSuperseded = (): void => {
    if (released) throw fenced(COMPONENT, epoch, 'a released one');
    if (held.epoch !== epoch) throw fenced(COMPONENT, epoch, `epoch ${held.epoch} as the newest`);
  };
  let newest = Math.max(0, ...held.manifests.keys());
  return {
    ...memoryReader(() => held),
    epoch,
    incarnation: held.incarnation,
    resource: `memory:${held.incarnation}`,
    blobs: async () => [...held.blobs.keys()],
    async write(blob, chunks) {
      checkBlobName(COMPONENT, blob);
      refuseIfSuperseded();
      const copies: Uint8Array[] = [];
      for await (const slice of inSlices(chunks)) copies.push(Uint8Array.from(slice));
      refuseIfSuperseded();
      if (held.blobs.has(blob)) {
        throw badName(COMPONENT, 'the name of a new blob', blob, 'give every blob a name of its own');
      }
      held.blobs.set(blob, Buffer.concat(copies));
    },
    async publish(checkpoint, manifest, within) {
      checkNewer(COMPONENT, checkpoint, newest);
      refuseIfSuperseded();
      const rows: (() => void)[] = [];
      if (within !== undefined) {
        const transaction: MemoryTransaction = { onCommit: (apply) => void rows.push(apply) };
        await within(transaction);
        checkNewer(COMPONENT, checkpoint, newest);
        refuseIfSuperseded();
      }
      held.manifests.set(checkpoint, Uint8Array.from(manifest));
      newest = checkpoint;
      for (const apply of rows) apply();
    },
    async remove(names) {
      for (const name of names) checkName(COMPONENT, name);
      refuseIfSuperseded();
      for (const name of names) {
        const checkpoint = checkpointOfName(name);
        if (checkpoint === undefined) held.blobs.delete(name);
        else held.manifests.delete(checkpoint);
      }
    },
    async release() {
      released = true;
    },
  };
}

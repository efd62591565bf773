import type { CheckpointLease, CheckpointReader, CheckpointStorage } from '@sluice/connector-sdk';
import type { Calls } from './calls.js';

/** Optional power of some leases. */
interface BlobListing {
  blobs(): Promise<readonly string[]>;
}

/** A storage whose leases act only as long as their run is alive. */
export function guardedStorage(storage: CheckpointStorage, calls: Calls): CheckpointStorage {
  return {
    specVersion: 1,
    name: storage.name,
    acquire: (job, signal) =>
      calls.call('storage.acquire', async () => guardedLease(await storage.acquire(job, calls.signal(signal)), calls)),
    inspect: async (job) => guardedReader(await calls.call('storage.read', () => storage.inspect(job)), calls),
  };
}

function guardedReader(reader: CheckpointReader, calls: Calls): CheckpointReader {
  return {
    list: () => calls.call('storage.read', () => reader.list()),
    manifest: (checkpoint) => calls.call('storage.read', () => reader.manifest(checkpoint)),
    async *read(blob) {
      const chunks = reader.read(blob)[Symbol.asyncIterator]();
      for (;;) {
        const chunk = await calls.call('storage.read', () => chunks.next());
        if (chunk.done) return;
        yield chunk.value;
      }
    },
  };
}

function guardedLease(lease: CheckpointLease & Partial<BlobListing>, calls: Calls): CheckpointLease {
  const { blobs } = lease;
  return {
    ...guardedReader(lease, calls),
    epoch: lease.epoch,
    incarnation: lease.incarnation,
    write: (blob, chunks) => calls.call('storage.write', () => lease.write(blob, chunks)),
    resource: lease.resource,
    publish: (checkpoint, manifest, within) =>
      calls.call('storage.publish', () => lease.publish(checkpoint, manifest, within)),
    remove: (names) => calls.call('storage.remove', () => lease.remove(names)),
    release: () => calls.courtesy(() => lease.release()),
    ...(blobs !== undefined && { blobs: () => calls.call('storage.read', () => blobs.call(lease)) }),
  };
}

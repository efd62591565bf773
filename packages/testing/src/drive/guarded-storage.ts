import type { CheckpointLease, CheckpointReader, CheckpointStorage } from '@sluice/connector-sdk';
import type { CallDetail, Calls } from './calls.js';

/** Optional power of some leases. */
interface BlobListing {
  blobs(): Promise<readonly string[]>;
}

/** A storage whose leases act only as long as their run is alive. */
export function guardedStorage(storage: CheckpointStorage, calls: Calls): CheckpointStorage {
  const of = { name: storage.name };
  return {
    specVersion: 1,
    name: storage.name,
    acquire: (job, signal) =>
      calls.call('storage.acquire', of, async () =>
        guardedLease(await storage.acquire(job, calls.signal(signal)), calls, of),
      ),
    inspect: async (job) => guardedReader(await calls.call('storage.read', of, () => storage.inspect(job)), calls, of),
  };
}

function guardedReader(reader: CheckpointReader, calls: Calls, of: CallDetail): CheckpointReader {
  return {
    list: () => calls.call('storage.read', of, () => reader.list()),
    manifest: (checkpoint) => calls.call('storage.read', of, () => reader.manifest(checkpoint)),
    async *read(blob) {
      const chunks = reader.read(blob)[Symbol.asyncIterator]();
      for (;;) {
        const chunk = await calls.call('storage.read', of, () => chunks.next());
        if (chunk.done) return;
        yield chunk.value;
      }
    },
  };
}

function guardedLease(lease: CheckpointLease & Partial<BlobListing>, calls: Calls, of: CallDetail): CheckpointLease {
  const { blobs } = lease;
  return {
    ...guardedReader(lease, calls, of),
    epoch: lease.epoch,
    incarnation: lease.incarnation,
    write: (blob, chunks) => calls.call('storage.write', of, () => lease.write(blob, chunks)),
    resource: lease.resource,
    publish: (checkpoint, manifest, within) =>
      calls.call('storage.publish', { ...of, checkpoint }, () => lease.publish(checkpoint, manifest, within)),
    remove: (names) => calls.call('storage.remove', of, () => lease.remove(names)),
    release: () => calls.courtesy(() => lease.release()),
    ...(blobs !== undefined && { blobs: () => calls.call('storage.read', of, () => blobs.call(lease)) }),
  };
}

import type { CheckpointLease, CheckpointStorage } from '@sluice/connector-sdk';
import type { FaultLine } from './fault-line.js';

/** The same storage, with the places after each of its writes. */
export function tapStorage(storage: CheckpointStorage, line: FaultLine): CheckpointStorage {
  return {
    specVersion: 1,
    name: storage.name,
    inspect: (job) => storage.inspect(job),
    acquire: async (job, signal) => tapLease(await storage.acquire(job, signal), line),
  };
}

function tapLease(lease: CheckpointLease, line: FaultLine): CheckpointLease {
  return {
    epoch: lease.epoch,
    incarnation: lease.incarnation,
    list: () => lease.list(),
    manifest: (checkpoint) => lease.manifest(checkpoint),
    read: (blob) => lease.read(blob),
    remove: (names) => lease.remove(names),
    release: () => lease.release(),
    async write(blob, chunks) {
      await lease.write(blob, chunks);
      await line.pass('afterStatePersisted');
    },
    async publish(checkpoint, manifest) {
      // All of it, now.
      await line.pass('afterStatePersisted');
      await lease.publish(checkpoint, manifest);
      await line.pass('afterManifestPublished');
    },
  };
}

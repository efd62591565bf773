import type { CheckpointStorage } from '@sluice/connector-sdk';
import { decodeManifest } from '../../packages/core/src/checkpoint/manifest.js';

/** What the manifests say that are published. */
export interface Published {
  manifests: number;
  chained: number;
}

/** Counts the manifests, and those of which some operator has more than one link. */
export function watched(storage: CheckpointStorage, published: Published): CheckpointStorage {
  return {
    ...storage,
    async acquire(job, signal) {
      const lease = await storage.acquire(job, signal);
      return {
        ...lease,
        async publish(checkpoint, manifest, within) {
          const { operators } = decodeManifest(manifest);
          published.manifests++;
          if ([...operators.values()].some(({ length }) => length > 1)) published.chained++;
          await lease.publish(checkpoint, manifest, within);
        },
      };
    },
  };
}

import type { PluginContext, StateBackend, StateStore } from '@sluice/connector-sdk';
import { KeyedStore } from './keyed-store.js';

/**
 * Keyed state as objects in memory, bounded by the heap: the default. A read or an update costs an array access; a checkpoint
 * encodes it in slices between elements.
 *
 * @example
 * createJob('revenue', flow, { state: memoryState() });
 */
export function memoryState(): StateBackend {
  return {
    specVersion: 1,
    name: 'memory',
    open: async (_context: PluginContext) => memoryStore(),
  };
}

function memoryStore(): StateStore {
  const stores = new Map<string, KeyedStore>();
  return {
    keyed(uid, maxParallelism) {
      const known = stores.get(uid);
      if (known !== undefined) return known;
      const made = new KeyedStore({ uid, maxParallelism });
      stores.set(uid, made);
      return made;
    },
    async close() {
      stores.clear();
    },
  };
}

import { describe, expect, it } from 'vitest';
import { checkpointStorageContract } from '../../../../test/contracts/checkpoint-storage.js';
import { memoryCheckpoints } from './memory-checkpoints.js';

checkpointStorageContract('memoryCheckpoints', async () => {
  const storage = memoryCheckpoints();
  return { open: () => storage, close: async () => undefined };
});

describe('memoryCheckpoints', () => {
  it('makes a storage of its own at each call', async () => {
    const { signal } = new AbortController();
    const lease = await memoryCheckpoints().acquire('job', signal);
    await lease.publish(1, Uint8Array.of(1));
    expect(await (await memoryCheckpoints().acquire('job', signal)).list()).toEqual([]);
  });
});

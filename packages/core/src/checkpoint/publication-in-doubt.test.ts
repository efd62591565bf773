import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointLease } from '@sluice/connector-sdk';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../task/system-clock.js';
import { CheckpointCoordinator, CheckpointFailed } from './coordinator.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { latestUsable } from './open-checkpoint.js';

/** One operator with a few bytes of state, no sink. */
function coordinator(lease: CheckpointLease): CheckpointCoordinator {
  const state = { uid: 'operator', encode: () => true, discard() {} };
  return new CheckpointCoordinator({
    job: 'job',
    incarnation: lease.incarnation,
    epoch: lease.epoch,
    maxParallelism: 128,
    lease,
    clock: systemClock,
    target: {
      wave: async () => ({ sources: new Map(), states: [state], sinks: [] }),
      async *encode() {
        yield Uint8Array.of(1, 2, 3);
      },
      completed: async () => {},
      retained: async () => {},
      notRemoved: () => {},
    },
    interval: 60_000,
    minPause: 0,
    timeout: 20,
    tolerableFailures: 5,
    retained: 2,
    incremental: true,
    newest: 0,
    onCompleted() {},
    onFailed() {},
    at: async () => {},
  });
}

describe('a checkpoint whose time is up while its manifest is being published', () => {
  it('fails the run and keeps its blobs, since it may yet be complete', async () => {
    const storage = memoryCheckpoints();
    const lease = await storage.acquire('job', new AbortController().signal);
    const slow: CheckpointLease = {
      ...lease,
      async publish(checkpoint, manifest) {
        await sleep(60);
        await lease.publish(checkpoint, manifest);
      },
    };
    const failure = await coordinator(slow)
      .take({ kind: 'checkpoint', commit: true })
      .catch((cause) => cause);
    expect(failure).toBeInstanceOf(CheckpointFailed);
    expect(failure).toMatchObject({ fatal: true, reason: { code: 'SLUICE_CHECKPOINT_TIMEOUT' } });
    await sleep(80);
    expect((await latestUsable(await storage.inspect('job')))?.checkpoint).toBe(1);
  });
});

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointLease } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCheckpoint } from '../../../../test/contracts/sample-checkpoint.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { readSavepoint, type SavepointTarget, writeSavepoint } from './savepoint.js';

const never = new AbortController().signal;
const savepointError = expect.objectContaining({ code: 'SLUICE_SAVEPOINT' });
let directory: string;
let lease: CheckpointLease;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-savepoint-'));
  lease = await memoryCheckpoints().acquire('job', never);
  await sampleCheckpoint(lease, 7, true);
});
afterEach(() => rmSync(directory, { recursive: true }));

const targets: Record<string, () => SavepointTarget> = {
  'a folder': () => ({ path: join(directory, 'made', 'here') }),
  'a storage': () => ({ path: 'My savepoint', storage: memoryCheckpoints() }),
};

for (const [where, make] of Object.entries(targets)) {
  describe(`a savepoint in ${where}`, () => {
    it('holds all of its checkpoint, and outlives it', async () => {
      const target = make();
      await writeSavepoint(lease, 7, target, never);
      await lease.remove(['checkpoint-7', 'e1-c7-s0', 'e1-c7-t0']);
      const opened = await readSavepoint(target);
      expect(opened.checkpoint).toBe(7);
      expect(opened.manifest).toMatchObject({
        kind: 'savepoint',
        job: 'job',
        epoch: 1,
        incarnation: lease.incarnation,
      });
      expect(opened.operators).toEqual(new Map([['operator', Uint8Array.of(7, 1, 2, 3)]]));
      expect(opened.committables).toEqual(new Map([['sink', [{ version: 1, bytes: Uint8Array.of(7) }]]]));
    });

    it('is never replaced', async () => {
      const target = make();
      await writeSavepoint(lease, 7, target, never);
      await sampleCheckpoint(lease, 8, true);
      await expect(writeSavepoint(lease, 8, target, never)).rejects.toEqual(savepointError);
      expect((await readSavepoint(target)).checkpoint).toBe(7);
    });

    it('is none before it is complete, and can then be made again', async () => {
      const target = make();
      await expect(readSavepoint(target)).rejects.toEqual(savepointError);
      const stop = new AbortController();
      const cutOff = {
        ...lease,
        async *read(blob: string) {
          yield* lease.read(blob);
          stop.abort();
        },
      };
      await expect(writeSavepoint(cutOff, 7, target, stop.signal)).rejects.toThrow(/abort/i);
      await expect(readSavepoint(target)).rejects.toEqual(savepointError);
      await writeSavepoint(lease, 7, target, never);
      expect((await readSavepoint(target)).checkpoint).toBe(7);
    });
  });
}

describe('a savepoint in a folder', () => {
  it('can be moved', async () => {
    const path = join(directory, 'first');
    await writeSavepoint(lease, 7, { path }, never);
    const moved = join(directory, 'moved');
    cpSync(path, moved, { recursive: true });
    rmSync(path, { recursive: true });
    expect((await readSavepoint({ path: moved })).checkpoint).toBe(7);
  });
});

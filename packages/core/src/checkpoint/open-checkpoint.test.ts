import type { CheckpointLease, CheckpointReader } from '@sluice/connector-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { nothing, sampleCheckpoint, sampleManifest } from '../../../../test/contracts/sample-checkpoint.js';
import { readBlob, writeBlob } from './blob.js';
import { encodeManifest } from './manifest.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { latestUsable, openCheckpoint } from './open-checkpoint.js';

const damagedError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_DAMAGED' });

/** A reader for which some manifests and blobs are damaged. */
function withDamage(reader: CheckpointReader, damagedOnes: readonly string[]): CheckpointReader {
  return {
    list: () => reader.list(),
    async manifest(checkpoint) {
      const bytes = await reader.manifest(checkpoint);
      if (damagedOnes.includes(`checkpoint-${checkpoint}`)) bytes[7] = (bytes[7] ?? 0) ^ 1;
      return bytes;
    },
    async *read(blob) {
      for await (const chunk of reader.read(blob))
        yield damagedOnes.includes(blob) ? chunk.map((byte) => byte ^ 1) : chunk;
    },
  };
}

let lease: CheckpointLease;
beforeEach(async () => {
  lease = await memoryCheckpoints().acquire('job', new AbortController().signal);
});

describe('openCheckpoint', () => {
  it('gives back what was written', async () => {
    const manifest = await sampleCheckpoint(lease, 7, true);
    const opened = await openCheckpoint(lease, 7);
    expect(opened).toEqual({
      checkpoint: 7,
      manifest,
      operators: new Map([['operator', Uint8Array.of(7, 1, 2, 3)]]),
      committables: new Map([['sink', [{ version: 1, bytes: Uint8Array.of(7) }]]]),
    });
  });

  it('keeps a transactional sink that had nothing to commit', async () => {
    const manifest = sampleManifest(lease, 1, { ...nothing, sinks: new Map([['sink', []]]) });
    await lease.publish(1, encodeManifest(manifest));
    expect((await openCheckpoint(lease, 1)).committables).toEqual(new Map([['sink', []]]));
  });

  it('refuses a blob that is not the one its manifest names, even if the storage finds nothing wrong', async () => {
    await sampleCheckpoint(lease, 1, true);
    for (const name of ['checkpoint-1', 'e1-c1-s0', 'e1-c1-t0']) {
      await expect(openCheckpoint(withDamage(lease, [name]), 1)).rejects.toEqual(damagedError);
    }
  });

  it("refuses another checkpoint's manifest", async () => {
    await lease.publish(2, encodeManifest(sampleManifest(lease, 1)));
    await expect(openCheckpoint(lease, 2)).rejects.toEqual(damagedError);
  });
});

describe('latestUsable', () => {
  it('is nothing when there is none', async () => {
    expect(await latestUsable(lease)).toBeUndefined();
  });

  it('is the newest', async () => {
    await sampleCheckpoint(lease, 1, true);
    await sampleCheckpoint(lease, 2, true);
    expect(await latestUsable(lease)).toMatchObject({ checkpoint: 2, skipped: [] });
  });

  it('goes back over damaged ones when no sink is transactional', async () => {
    for (const id of [1, 2, 3]) await sampleCheckpoint(lease, id, false);
    const reader = withDamage(lease, ['checkpoint-3', 'e1-c2-s0']);
    expect(await latestUsable(reader)).toMatchObject({ checkpoint: 1, skipped: [3, 2] });
  });

  it('does not go back when a readable manifest shows a transactional sink', async () => {
    await sampleCheckpoint(lease, 1, true);
    await sampleCheckpoint(lease, 2, false);
    await sampleCheckpoint(lease, 3, false);
    await expect(latestUsable(withDamage(lease, ['checkpoint-3']))).rejects.toEqual(damagedError);
    const other = await memoryCheckpoints().acquire('job', new AbortController().signal);
    await sampleCheckpoint(other, 1, false);
    await sampleCheckpoint(other, 2, true);
    await expect(latestUsable(withDamage(other, ['e1-c2-s0']))).rejects.toThrow(/write twice/);
  });

  it('does not begin from scratch when none is whole', async () => {
    await sampleCheckpoint(lease, 1, false);
    await expect(latestUsable(withDamage(lease, ['checkpoint-1']))).rejects.toThrow(/no retained one is whole/);
  });

  it('does not take a storage that cannot be reached for damage', async () => {
    await sampleCheckpoint(lease, 1, false);
    await sampleCheckpoint(lease, 2, false);
    const failure = new Error('connection lost');
    const reader: CheckpointReader = { ...lease, manifest: () => Promise.reject(failure) };
    await expect(latestUsable(reader)).rejects.toBe(failure);
  });
});

describe('a blob', () => {
  it('of several chunks is one array', async () => {
    const chunks = async function* () {
      yield Uint8Array.of(1, 2);
      yield new Uint8Array(600_000).fill(3);
    };
    const ref = await writeBlob(lease, 'b', chunks());
    expect(ref.length).toBe(600_002);
    const bytes = await readBlob(lease, ref);
    expect(bytes.length).toBe(600_002);
    expect(bytes.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('that goes on is cut off at the length its manifest says', async () => {
    let given = 0;
    const endless: Pick<CheckpointReader, 'read'> = {
      async *read() {
        for (;;) yield new Uint8Array(++given);
      },
    };
    await expect(readBlob(endless, { name: 'b', length: 10, sha256: '' })).rejects.toEqual(damagedError);
    expect(given).toBe(5);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointReader } from '@sluice/connector-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCheckpoint, sampleManifest } from '../../../../test/contracts/sample-checkpoint.js';
import { writeBlob } from './blob.js';
import { blobName } from './checkpoint-name.js';
import { fileCheckpoints } from './file-checkpoints.js';
import { encodeManifest } from './manifest.js';
import { latestUsable, openCheckpoint } from './open-checkpoint.js';

const never = new AbortController().signal;
const damagedError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_DAMAGED' });

/** Every file that is not this one: cut off after each byte, with each bit turned, and with a byte behind it. */
function* damages(bytes: Uint8Array): Generator<[string, Uint8Array]> {
  for (let length = 0; length < bytes.length; length++) yield [`cut to ${length}`, bytes.subarray(0, length)];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = Uint8Array.from(bytes);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield [`bit ${bit}`, turned];
  }
  for (const byte of [0, 1, 0xff]) yield [`with ${byte} behind it`, Buffer.concat([bytes, Uint8Array.of(byte)])];
  yield ['twice', Buffer.concat([bytes, bytes])];
}

describe('a damaged checkpoint in files', () => {
  let directory: string;
  let reader: CheckpointReader;
  const path = (...names: string[]) => join(directory, 'job', ...names);
  const acquire = () => fileCheckpoints(directory).acquire('job', never);

  /** Puts each damage in the place of a file, and the file back at the end. */
  async function damage(file: string, attempt: (what: string) => Promise<void>): Promise<number> {
    const whole = readFileSync(file);
    let count = 0;
    for (const [what, bytes] of damages(whole)) {
      writeFileSync(file, bytes);
      await attempt(what);
      count++;
    }
    writeFileSync(file, whole);
    return count;
  }

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-corruption-'));
    const lease = await acquire();
    await sampleCheckpoint(lease, 1, true);
    await sampleCheckpoint(lease, 2, true);
    reader = await fileCheckpoints(directory).inspect('job');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is refused for every truncation, every bit and every byte more, in its manifest and in each of its blobs', async () => {
    let count = 0;
    const files = [path('checkpoints', '2'), ...readdirSync(path('blobs')).map((name) => path('blobs', name))];
    expect(files.length).toBe(5);
    for (const file of files.filter((name) => !name.includes('-c1-'))) {
      count += await damage(file, async (what) => {
        await expect(openCheckpoint(reader, 2), what).rejects.toEqual(damagedError);
        expect(await reader.list()).toEqual([1, 2]);
      });
    }
    expect(count).toBeGreaterThan(3000);
    expect((await openCheckpoint(reader, 2)).operators.get('operator')).toEqual(Uint8Array.of(2, 1, 2, 3));
  });

  it('is refused in the same way in each link of a chain, and when links have changed places', async () => {
    const chained = mkdtempSync(join(tmpdir(), 'sluice-corruption-'));
    const file = (name: string) => join(chained, 'job', 'blobs', name);
    const lease = await fileCheckpoints(chained).acquire('job', never);
    const links = [];
    for (const n of [1, 2, 3]) links.push(await writeBlob(lease, blobName(lease.epoch, n, 's0'), Uint8Array.of(n, n)));
    await lease.publish(3, encodeManifest(sampleManifest(lease, 3, { operators: new Map([['operator', links]]) })));
    expect((await openCheckpoint(lease, 3)).operators.get('operator')).toEqual(Uint8Array.of(1, 1, 2, 2, 3, 3));
    for (const { name } of links) {
      await damage(file(name), async (what) => {
        await expect(openCheckpoint(lease, 3), `${name} ${what}`).rejects.toEqual(damagedError);
      });
    }
    const second = readFileSync(file('e1-c2-s0'));
    writeFileSync(file('e1-c2-s0'), readFileSync(file('e1-c3-s0')));
    await expect(openCheckpoint(lease, 3)).rejects.toEqual(damagedError);
    writeFileSync(file('e1-c2-s0'), second);
    expect((await openCheckpoint(lease, 3)).operators.size).toBe(1);
    rmSync(chained, { recursive: true, force: true });
  });

  it('gives nothing of a damaged blob away before it is known to be whole', async () => {
    const name = 'e1-c2-s0';
    await damage(path('blobs', name), async (what) => {
      const given: Uint8Array[] = [];
      const read = async () => {
        for await (const chunk of reader.read(name)) given.push(chunk);
      };
      await expect(read(), what).rejects.toEqual(damagedError);
      expect(given).toEqual([]);
    });
  });

  it('is not replaced by an older one when a transactional sink may have committed since', async () => {
    const file = path('checkpoints', '2');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(1));
    await expect(latestUsable(reader)).rejects.toThrow(
      /checkpoints.2.*write twice.*backup.*SLUICE_CHECKPOINT_DAMAGED/s,
    );
    writeFileSync(file, whole);
    expect((await latestUsable(reader))?.checkpoint).toBe(2);
  });

  it('is refused when a whole file of another kind or name stands in its place', async () => {
    const swaps = [
      [path('checkpoints', '1'), path('checkpoints', '2')],
      [path('blobs', 'e1-c1-s0'), path('blobs', 'e1-c2-s0')],
      [path('blobs', 'e1-c2-t0'), path('blobs', 'e1-c2-s0')],
      [path('leases', '1'), path('checkpoints', '2')],
    ] as const;
    for (const [from, to] of swaps) {
      const whole = readFileSync(to);
      writeFileSync(to, readFileSync(from));
      await expect(openCheckpoint(reader, 2)).rejects.toEqual(damagedError);
      writeFileSync(to, whole);
    }
  });

  it('is refused when a file is missing', async () => {
    for (const file of [path('checkpoints', '2'), path('blobs', 'e1-c2-s0'), path('blobs', 'e1-c2-t0')]) {
      const whole = readFileSync(file);
      rmSync(file);
      await expect(openCheckpoint(reader, 2)).rejects.toThrow(file);
      writeFileSync(file, whole);
    }
  });

  it('is refused when a file or a folder is a symbolic link', async () => {
    const elsewhere = join(directory, 'elsewhere');
    for (const file of [path('checkpoints', '2'), path('blobs', 'e1-c2-s0')]) {
      const whole = readFileSync(file);
      writeFileSync(elsewhere, whole);
      rmSync(file);
      symlinkSync(elsewhere, file);
      const refused = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_NAME' });
      await expect(openCheckpoint(reader, 2)).rejects.toEqual(refused);
      rmSync(file);
      writeFileSync(file, whole);
    }
    const linked = mkdtempSync(join(tmpdir(), 'sluice-corruption-'));
    symlinkSync(path(), join(linked, 'job'));
    const refused = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_NAME' });
    await expect(fileCheckpoints(linked).inspect('job')).rejects.toEqual(refused);
    await expect(fileCheckpoints(linked).acquire('job', never)).rejects.toEqual(refused);
    rmSync(linked, { recursive: true });
  });

  it('says so when it was written by a newer version, rather than that it is damaged', async () => {
    const { checksum } = await import('./checksum.js');
    const file = path('checkpoints', '2');
    const whole = readFileSync(file);
    const newer = Buffer.from(whole);
    newer[6] = 2;
    newer.set(checksum().update(newer.subarray(0, -32)).digest(), newer.length - 32);
    writeFileSync(file, newer);
    await expect(openCheckpoint(reader, 2)).rejects.toThrow(/version 2.*SLUICE_CHECKPOINT_VERSION/s);
    writeFileSync(file, whole);
  });
});

describe('damaged leases in files', () => {
  it('do no harm while one can be read, and are refused when none can', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-corruption-'));
    const acquire = () => fileCheckpoints(directory).acquire('job', never);
    const { incarnation } = await acquire();
    const file = join(directory, 'job', 'leases', '1');
    const whole = readFileSync(file);
    for (const [what, bytes] of damages(whole)) {
      writeFileSync(file, bytes);
      await expect(acquire(), what).rejects.toEqual(damagedError);
    }
    writeFileSync(file, whole);
    expect(await acquire()).toMatchObject({ epoch: 2, incarnation });
    writeFileSync(join(directory, 'job', 'leases', '2'), 'damaged');
    expect(await acquire()).toMatchObject({ epoch: 3, incarnation });
    rmSync(directory, { recursive: true });
  });
});

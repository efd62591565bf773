import type { CheckpointLease, CheckpointReader, CheckpointStorage } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** One place for checkpoints, fresh for each test. */
export interface StorageUnderTest {
  /** Another object on the same data, as another process would have it. */
  open(): CheckpointStorage;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const fencedError = expect.objectContaining({ code: 'SLUICE_FENCED' });
const nameError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_NAME' });
const damagedError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_DAMAGED' });

/**
 * What every `CheckpointStorage` must do, whatever it stores in. A manifest is removed by the name `checkpoint-<id>`; ids only rise; a blob is
 * written once and never over.
 *
 * @example
 * checkpointStorageContract('memoryCheckpoints', async () => {
 *   const storage = memoryCheckpoints();
 *   return { open: () => storage, close: async () => {} };
 * });
 */
export function checkpointStorageContract(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(`${name} keeps the contract of a checkpoint storage`, () => {
    let subject: StorageUnderTest;
    const acquire = (job = 'job'): Promise<CheckpointLease> => subject.open().acquire(job, never);
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.close());

    it('is empty at first', async () => {
      expect(await (await subject.open().inspect('job')).list()).toEqual([]);
      expect(await (await acquire()).list()).toEqual([]);
      expect(subject.open().specVersion).toBe(1);
    });

    it('gives every lease a higher epoch, also after a release, and one incarnation to all', async () => {
      const first = await acquire();
      const second = await acquire();
      await second.release();
      const third = await acquire();
      expect(first.epoch).toBeGreaterThanOrEqual(1);
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(third.epoch).toBeGreaterThan(second.epoch);
      expect(first.incarnation).not.toBe('');
      expect([second.incarnation, third.incarnation]).toEqual([first.incarnation, first.incarnation]);
      expect((await acquire('other')).incarnation).not.toBe(first.incarnation);
    });

    it('gives every one of many leases acquired at once an epoch of its own, and lets only the newest write', async () => {
      const leases = await Promise.all(Array.from({ length: 8 }, () => acquire()));
      const epochs = leases.map((lease) => lease.epoch);
      expect(new Set(epochs).size).toBe(8);
      expect(new Set(leases.map((lease) => lease.incarnation)).size).toBe(1);
      const newest = Math.max(...epochs);
      for (const lease of leases) {
        const published = lease.publish(1, bytesOf(`${lease.epoch}`));
        if (lease.epoch === newest) await published;
        else await expect(published).rejects.toEqual(fencedError);
      }
      expect(text(await (await subject.open().inspect('job')).manifest(1))).toBe(`${newest}`);
    });

    it('does not acquire for a signal that is aborted', async () => {
      const reason = new Error('stopped');
      await expect(subject.open().acquire('job', AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it('gives blobs back as they were written, whatever their chunks', async () => {
      const lease = await acquire();
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7) ^ (i >> 8));
      await lease.write('whole', bytesOf('abc'));
      await lease.write('empty', new Uint8Array(0));
      await lease.write('no-chunks', chunks());
      await lease.write('chunks', chunks(bytesOf('a'), new Uint8Array(0), bytesOf('bc')));
      await lease.write('large', large);
      for (const reader of [lease, await subject.open().inspect('job')]) {
        expect(text(await all(reader, 'whole'))).toBe('abc');
        expect((await all(reader, 'empty')).length).toBe(0);
        expect((await all(reader, 'no-chunks')).length).toBe(0);
        expect(text(await all(reader, 'chunks'))).toBe('abc');
        expect(Buffer.compare(await all(reader, 'large'), large)).toBe(0);
      }
    });

    it('shares no memory with its callers', async () => {
      const lease = await acquire();
      const blob = bytesOf('blob');
      const manifest = bytesOf('manifest');
      await lease.write('b', blob);
      await lease.publish(1, manifest);
      blob.fill(0);
      manifest.fill(0);
      for await (const chunk of lease.read('b')) chunk.fill(0);
      (await lease.manifest(1)).fill(0);
      expect(text(await all(lease, 'b'))).toBe('blob');
      expect(text(await lease.manifest(1))).toBe('manifest');
    });

    it('passes on what the chunks throw, and then has no such blob', async () => {
      const lease = await acquire();
      const failure = new Error('no more');
      const failing = async function* () {
        yield bytesOf('half');
        throw failure;
      };
      await expect(lease.write('b', failing())).rejects.toBe(failure);
      await expect(all(lease, 'b')).rejects.toEqual(damagedError);
      await lease.write('b', bytesOf('whole'));
      expect(text(await all(lease, 'b'))).toBe('whole');
    });

    it('refuses to read what is not there', async () => {
      const lease = await acquire();
      await expect(all(lease, 'b')).rejects.toEqual(damagedError);
      await expect(lease.manifest(1)).rejects.toEqual(damagedError);
    });

    it('lists the published checkpoints by number', async () => {
      const lease = await acquire();
      for (const id of [1, 2, 9, 10, 11, 100]) await lease.publish(id, bytesOf(`m${id}`));
      for (const reader of [lease, await subject.open().inspect('job'), await acquire()]) {
        expect(await reader.list()).toEqual([1, 2, 9, 10, 11, 100]);
        expect(text(await reader.manifest(9))).toBe('m9');
      }
    });

    it('refuses an id that is not above the newest, or is none', async () => {
      const first = await acquire();
      await first.publish(5, bytesOf('five'));
      for (const lease of [first, await acquire()]) {
        for (const id of [5, 4, 0, -1, 1.5, Number.NaN, 2 ** 53]) {
          await expect(lease.publish(id, bytesOf('again'))).rejects.toEqual(nameError);
        }
      }
      const reader = await subject.open().inspect('job');
      expect(await reader.list()).toEqual([5]);
      expect(text(await reader.manifest(5))).toBe('five');
    });

    it('refuses names that are not plain', async () => {
      const lease = await acquire();
      const names = [
        '',
        '.',
        '..',
        '../b',
        'a/b',
        'a\\b',
        '/b',
        'A',
        'ä',
        'a.b',
        'a b',
        'a\0',
        '__proto__',
        'a'.repeat(65),
      ];
      for (const name of names) {
        await expect(lease.write(name, bytesOf('x'))).rejects.toEqual(nameError);
        await expect(all(lease, name)).rejects.toEqual(nameError);
        await expect(lease.remove([name])).rejects.toEqual(nameError);
      }
      await expect(lease.write('checkpoint-1', bytesOf('x'))).rejects.toEqual(nameError);
      await lease.write('a'.repeat(64), bytesOf('x'));
    });

    it('never writes over a blob', async () => {
      const lease = await acquire();
      await lease.write('b', bytesOf('first'));
      await expect(lease.write('b', bytesOf('second'))).rejects.toEqual(nameError);
      const next = await acquire();
      await expect(next.write('b', bytesOf('third'))).rejects.toEqual(nameError);
      expect(text(await all(next, 'b'))).toBe('first');
    });

    it('lets a superseded lease change nothing', async () => {
      const old = await acquire();
      await old.write('b', bytesOf('blob'));
      await old.publish(1, bytesOf('one'));
      const next = await acquire();
      await expect(old.publish(2, bytesOf('two'))).rejects.toEqual(fencedError);
      await expect(old.write('c', bytesOf('c'))).rejects.toEqual(fencedError);
      await expect(old.write('d', chunks(bytesOf('d')))).rejects.toEqual(fencedError);
      await expect(old.remove(['b', 'checkpoint-1'])).rejects.toEqual(fencedError);
      await expect(old.remove([])).rejects.toEqual(fencedError);
      await old.release();
      expect(await next.list()).toEqual([1]);
      expect(text(await all(next, 'b'))).toBe('blob');
      await expect(all(next, 'c')).rejects.toEqual(damagedError);
      await next.write('c', bytesOf('mine'));
      await next.publish(2, bytesOf('two of the next'));
      expect(text(await old.manifest(2))).toBe('two of the next');
    });

    it('fences a lease that is superseded in the middle of a blob', async () => {
      const old = await acquire();
      let next: CheckpointLease | undefined;
      const slow = async function* () {
        yield bytesOf('first half');
        next = await acquire();
        yield bytesOf('second half');
      };
      await expect(old.write('b', slow())).rejects.toEqual(fencedError);
      expect(next).toBeDefined();
      if (next !== undefined) await expect(all(next, 'b')).rejects.toEqual(damagedError);
    });

    it('decides between a publication and a takeover at the same moment: both see the same outcome', async () => {
      let lease = await acquire();
      for (let id = 1; id <= 40; id++) {
        const publishing = lease.publish(id, bytesOf(`${lease.epoch}`)).then(
          () => true,
          (error: unknown) => {
            expect(error).toEqual(fencedError);
            return false;
          },
        );
        const [published, next] = await Promise.all([publishing, acquire()]);
        expect((await next.list()).includes(id)).toBe(published);
        lease = next;
      }
    });

    it('ends with its release', async () => {
      const lease = await acquire();
      await lease.publish(1, bytesOf('one'));
      await lease.release();
      await lease.release();
      await expect(lease.publish(2, bytesOf('two'))).rejects.toEqual(fencedError);
      await expect(lease.write('b', bytesOf('b'))).rejects.toEqual(fencedError);
      await expect(lease.remove(['checkpoint-1'])).rejects.toEqual(fencedError);
      expect(await (await acquire()).list()).toEqual([1]);
    });

    it('removes blobs and checkpoints, and minds nothing that is gone', async () => {
      const lease = await acquire();
      for (const id of [1, 2, 3]) {
        await lease.write(`b-${id}`, bytesOf('blob'));
        await lease.publish(id, bytesOf('manifest'));
      }
      await lease.remove(['checkpoint-1', 'b-1', 'checkpoint-77', 'b-77']);
      await lease.remove(['checkpoint-1', 'b-1']);
      expect(await lease.list()).toEqual([2, 3]);
      await expect(all(lease, 'b-1')).rejects.toEqual(damagedError);
      await expect(lease.manifest(1)).rejects.toEqual(damagedError);
      expect(text(await all(lease, 'b-2'))).toBe('blob');
      await lease.remove(['checkpoint-3', 'checkpoint-2', 'b-2', 'b-3']);
      expect(await lease.list()).toEqual([]);
      await lease.publish(4, bytesOf('manifest'));
      const next = await acquire();
      expect(await next.list()).toEqual([4]);
      await expect(lease.publish(5, bytesOf('manifest'))).rejects.toEqual(fencedError);
    });

    it('keeps jobs apart, whatever they are called', async () => {
      const names = [
        'a',
        'A',
        'a-',
        '',
        '.',
        '..',
        '../a',
        'a/b',
        'a b',
        'ä',
        '__proto__',
        'constructor',
        'x'.repeat(300),
      ];
      for (const [index, job] of names.entries()) {
        const lease = await acquire(job);
        expect(await lease.list()).toEqual([]);
        await lease.write('b', bytesOf(job));
        await lease.publish(index + 1, bytesOf(job));
      }
      for (const [index, job] of names.entries()) {
        const reader = await subject.open().inspect(job);
        expect(await reader.list()).toEqual([index + 1]);
        expect(text(await all(reader, 'b'))).toBe(job);
      }
    });
  });
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function all(reader: CheckpointReader, blob: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of reader.read(blob)) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

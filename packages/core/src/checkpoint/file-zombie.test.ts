import type { CheckpointLease, CheckpointReader } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interceptFiles, PowerLossFiles } from '../../../../test/contracts/power-loss-files.js';
import type { DurableFileSystem } from './durable-file.js';
import { fileCheckpointsOn } from './file-checkpoints.js';

const never = new AbortController().signal;
const acquireOn = (files: DurableFileSystem) => fileCheckpointsOn(files, '/checkpoints').acquire('job', never);
const content = (text: string) => new TextEncoder().encode(text);

/** A process that is stopped just before one of its calls, counted from `start`, and goes on when told. */
function stoppable(model: DurableFileSystem, stopAt: number) {
  let calls = 0;
  let started = false;
  let goOn = (): void => undefined;
  let stop = (): void => undefined;
  const resumed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const files = interceptFiles(model, async (_call, _path, act) => {
    if (started && ++calls === stopAt) {
      stop();
      await resumed;
    }
    return act();
  });
  const start = (): void => {
    started = true;
  };
  return { files, start, stopped, goOn: () => goOn(), wasReached: () => calls >= stopAt };
}

type Outcome = 'done' | 'fenced';

async function outcomeOf(action: Promise<unknown>): Promise<Outcome> {
  try {
    await action;
    return 'done';
  } catch (error) {
    if (SluiceError.isInstance(error) && error.code === 'SLUICE_FENCED') return 'fenced';
    throw error;
  }
}

async function snapshot(reader: CheckpointReader & { blobs?(): Promise<readonly string[]> }) {
  const manifests: Record<number, string> = {};
  for (const id of await reader.list()) manifests[id] = new TextDecoder().decode(await reader.manifest(id));
  return { manifests, blobs: [...((await reader.blobs?.()) ?? [])].sort() };
}

const actions: Record<string, (lease: CheckpointLease) => Promise<void>> = {
  publish: (lease) => lease.publish(3, content('by the zombie')),
  write: (lease) => lease.write('e1-late', content('by the zombie')),
  remove: (lease) => lease.remove(['checkpoint-1', 'checkpoint-2', 'e1-a', 'e1-b']),
  release: (lease) => lease.release(),
};

describe('a run that is stopped anywhere and goes on after its successor has started', () => {
  for (const [name, act] of Object.entries(actions)) {
    it(`changes nothing that its successor has seen: ${name}`, async () => {
      const outcomes = new Set<Outcome>();
      for (let stopAt = 1; ; stopAt++) {
        const model = new PowerLossFiles();
        const setUp = await acquireOn(model);
        await setUp.write('e1-a', content('a'));
        await setUp.write('e1-b', content('b'));
        await setUp.publish(1, content('one'));
        await setUp.publish(2, content('two'));
        const zombie = stoppable(model, stopAt);
        const lease = await acquireOn(zombie.files);
        zombie.start();
        const acting = outcomeOf(act(lease));
        await Promise.race([zombie.stopped, acting]);
        const successor = await acquireOn(model);
        const seen = await snapshot(successor);
        zombie.goOn();
        const outcome = await acting;
        outcomes.add(outcome);
        expect(await snapshot(successor)).toEqual(seen);
        if (name === 'publish') expect(3 in seen.manifests).toBe(outcome === 'done');
        if (name === 'remove' && outcome === 'done') expect(seen).toEqual({ manifests: {}, blobs: [] });
        await successor.publish(4, content('four'));
        expect(await outcomeOf(lease.publish(5, content('five')))).toBe('fenced');
        expect(Object.keys((await snapshot(successor)).manifests)).toContain('4');
        if (!zombie.wasReached()) break;
      }
      expect(outcomes).toEqual(new Set(name === 'release' ? ['done'] : ['done', 'fenced']));
    });
  }

  it('becomes the newest lease in order, or tries again, when it was stopped while it acquired', async () => {
    for (let stopAt = 1; ; stopAt++) {
      const model = new PowerLossFiles();
      const slow = stoppable(model, stopAt);
      slow.start();
      await (await acquireOn(model)).publish(1, content('1'));
      const acquiring = acquireOn(slow.files);
      await Promise.race([slow.stopped, acquiring]);
      const other = await acquireOn(model);
      const published: number[] = [];
      for (let id = 2; id <= 6; id++) {
        if ((await outcomeOf(other.publish(id, content(`${id}`)))) === 'done') published.push(id);
        if (id >= 4) await outcomeOf(other.remove([`checkpoint-${id - 2}`]));
      }
      slow.goOn();
      const late = await acquiring;
      expect(late.epoch).not.toBe(other.epoch);
      const [newer, older] = late.epoch > other.epoch ? [late, other] : [other, late];
      expect(await outcomeOf(older.publish(10, content('older')))).toBe('fenced');
      expect(await outcomeOf(newer.publish(11, content('newer')))).toBe('done');
      expect((await newer.list()).at(-1)).toBe(11);
      if (published.length > 0) expect(await newer.list()).toContain(published.at(-1));
      if (!slow.wasReached()) break;
    }
  });
});

describe('a storage that forgot to revoke', () => {
  it('is caught', async () => {
    const model = new PowerLossFiles();
    const zombie = await acquireOn(model);
    const forgetful = interceptFiles(model, async (call, path, act) =>
      call === 'readdir' && path.endsWith('/work') ? ([] as Awaited<ReturnType<typeof act>>) : act(),
    );
    const successor = await acquireOn(forgetful);
    const seen = await snapshot(successor);
    expect(await outcomeOf(zombie.publish(1, content('by the zombie')))).toBe('done');
    expect(await snapshot(successor)).not.toEqual(seen);
  });
});

describe('many runs at once, their calls interleaved at random', () => {
  it('agree about what was published and removed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, runs) => {
        const model = new PowerLossFiles();
        const files = interceptFiles(model, async (_call, _path, act) => {
          await scheduler.schedule(Promise.resolve());
          return act();
        });
        const starts: { epoch: number; seen: number[] }[] = [];
        const publications: { epoch: number; id: number; outcome: Outcome }[] = [];
        const oneRun = async () => {
          const lease = await acquireOn(files);
          const seen = [...(await lease.list())];
          starts.push({ epoch: lease.epoch, seen });
          let newest = seen.at(-1) ?? 0;
          for (let i = 0; i < 3; i++) {
            const id = ++newest;
            const outcome = await outcomeOf(lease.publish(id, content(`${lease.epoch}`)));
            publications.push({ epoch: lease.epoch, id, outcome });
            if (outcome === 'done' && id > 1) await outcomeOf(lease.remove([`checkpoint-${id - 1}`]));
          }
        };
        await scheduler.waitFor(Promise.all(Array.from({ length: runs }, oneRun)));
        expect(new Set(starts.map(({ epoch }) => epoch)).size).toBe(runs);
        const done = publications.filter(({ outcome }) => outcome === 'done');
        // No id was published by two runs, and ids rise with epochs: so each run went on from the last one of the run before.
        const inOrder = [...done].sort((a, b) => a.epoch - b.epoch || a.id - b.id).map(({ id }) => id);
        expect(inOrder).toEqual(inOrder.map((_, i) => i + 1));
        for (const { epoch, seen } of starts) {
          const before = done.filter((publication) => publication.epoch < epoch).map(({ id }) => id);
          expect(seen.at(-1) ?? 0).toBeGreaterThanOrEqual(Math.max(0, ...before));
        }
        const last = await acquireOn(model);
        expect((await last.list()).at(-1) ?? 0).toBe(inOrder.length);
      }),
      { numRuns: 300 },
    );
  }, 180_000);
});

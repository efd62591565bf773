import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hiddenParts, visibleParts } from '../../connectors/file/src/testing/sinking.js';
import { programOf } from './program.js';
import type { SinkPlan, Strike } from './sink-plan.js';
import { killAll, StruckProcess } from './struck-process.js';

let program: Awaited<ReturnType<typeof programOf>>;
beforeAll(async () => {
  program = await programOf('sink-process.ts');
});
afterAll(() => program.remove());

const folders: string[] = [];
afterEach(() => {
  killAll();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newPlan(parts: Partial<SinkPlan> = {}): SinkPlan {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kills-'));
  folders.push(folder);
  const directory = join(folder, 'out');
  mkdirSync(directory);
  return {
    directory,
    checkpoints: join(folder, 'checkpoints'),
    elements: 400,
    buckets: 2,
    compression: undefined,
    maxBytes: 150,
    maxAge: 1_000_000,
    perCheckpoint: 14,
    strike: undefined,
    ...parts,
  };
}

async function run(plan: SinkPlan, strike?: Strike): Promise<StruckProcess> {
  const process = new StruckProcess(program.path, { ...plan, strike });
  await process.ended;
  return process;
}

/** Every element once, in order, in its bucket; and nothing hidden once the job is done. */
async function expectReference(plan: SinkPlan): Promise<void> {
  const parts = [...(await visibleParts(plan.directory))];
  for (let bucket = 0; bucket < plan.buckets; bucket++) {
    const lines = parts
      .filter(([path]) => path.startsWith(`b${bucket}/`))
      .flatMap(([, content]) => content.split('\n').slice(0, -1).map(Number));
    const all = Array.from({ length: plan.elements }, (_, n) => n);
    expect(lines).toEqual(all.filter((n) => n % plan.buckets === bucket));
  }
}

const POINTS = [
  'create',
  'write',
  'half',
  'sync',
  'syncDirectory',
  'publish',
  'published',
  'append',
  'rename',
  'close',
];
/** What happens while a run takes over from one that was killed. */
const TAKE_OVER = ['mkdir', 'readdir', 'copy', 'continue', 'rmdir', 'rename'];

/** Kills one life of a job at all the points, one after the other, lets it finish, and starts it once more. Answers where it was killed. */
async function live(plan: SinkPlan, strikes: readonly (readonly [point: string, nth: number])[]): Promise<string[]> {
  const killed: string[] = [];
  for (const [point, nth] of strikes) {
    const process = await run(plan, { point, nth, signal: 'SIGKILL' });
    if (process.last === 'struck') killed.push(point);
    else expect(process.last).toBe('finished');
  }
  expect((await run(plan)).last).toBe('finished');
  await expectReference(plan);
  expect((await run(plan)).last).toBe('finished');
  await expectReference(plan);
  expect(await hiddenParts(plan.directory)).toEqual([]);
  return killed;
}

describe('a process killed with SIGKILL before any named step leaves every element once in the finished files', () => {
  test('of parts that are finished soon', async () => {
    const killed = await live(
      newPlan(),
      POINTS.map((point) => [point, 1]),
    );
    expect(new Set(killed)).toEqual(new Set(POINTS));
  });

  test('of parts that stay open over many checkpoints, compressed', async () => {
    const plan = newPlan({ compression: 'gzip', maxBytes: 1_000_000 });
    const points = [
      'published',
      'half',
      'write',
      'sync',
      'publish',
      'continue',
      'syncDirectory',
      'create',
      'published',
    ];
    const killed = await live(
      plan,
      points.map((point) => [point, 2]),
    );
    expect(killed.length).toBeGreaterThan(5);
  });

  test('while it takes over from one that was killed', async () => {
    const killed = await live(
      newPlan({ maxBytes: 1_000_000 }),
      TAKE_OVER.flatMap((point) => [
        ['published', 2],
        [point, 1],
      ]),
    );
    for (const point of TAKE_OVER) expect(killed).toContain(point);
  });
});

describe('a zombie', () => {
  test.each(['write', 'sync', 'publish', 'published', 'append', 'rename', 'create'])(
    'suspended before `%s`, that goes on after its successor has finished, changes nothing that is visible',
    async (point) => {
      const plan = newPlan({ maxBytes: 300 });
      const zombie = new StruckProcess(program.path, { ...plan, strike: { point, nth: 2, signal: 'SIGSTOP' } });
      expect(await zombie.until('struck')).toBe(true);
      expect((await run(plan)).last).toBe('finished');
      await expectReference(plan);
      const before = await visibleParts(plan.directory);
      zombie.goOn();
      await zombie.ended;
      expect(zombie.last).toBe('failed');
      expect(zombie.told.at(-1)).toMatchObject({ codes: expect.arrayContaining(['SLUICE_FENCED']) });
      expect(await visibleParts(plan.directory)).toEqual(before);
      await expectReference(plan);
    },
  );
});

test('a file system that takes no more fails the job clearly, and once it does the job goes on without a loss', async () => {
  const plan = newPlan({ maxBytes: 1_000_000, elements: 40_000, perCheckpoint: 20_000 });
  // The limit of the size of a file, which the system keeps like a full disk: the parts are the only large files here.
  const limited = new StruckProcess(program.path, plan, 64 * 1024);
  await limited.ended;
  expect(limited.told.at(-1)).toMatchObject({ type: 'failed', codes: expect.arrayContaining(['SLUICE_FILE_FULL']) });
  expect((await run(plan)).last).toBe('finished');
  await expectReference(plan);
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleMutant, mutate } from './bundle-mutant.js';
import type { Hunt } from './hunt.js';
import { type Mutant, mutants } from './mutants.js';

const run = promisify(execFile);
/** Runs in which a mutant must have shown itself. */
const RUNS = 300;
const LONGEST_HUNT = 240_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-mutants-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function hunt(mutant: Mutant | undefined, name: string, runs: number): Promise<Hunt> {
  const bundle = join(folder, `${name}.mjs`);
  await bundleMutant(mutant, bundle);
  const { stdout } = await run(process.execPath, [bundle, '1', String(runs)], { timeout: LONGEST_HUNT });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Hunt;
}

describe('the simulation', () => {
  it(
    'finds nothing wrong with the engine as it is',
    async () => {
      expect(await hunt(undefined, 'engine', 30)).toEqual({ runs: 30 });
    },
    LONGEST_HUNT,
  );

  it.each(mutants.map((mutant, index) => [mutant.name, mutant, index] as const))(
    'finds that %s',
    async (_name, mutant, index) => {
      const { caughtBy, message } = await hunt(mutant, `mutant-${index}`, RUNS);
      expect(caughtBy, `the mutant survived ${RUNS} runs`).toBeTypeOf('number');
      expect(message).toMatch(/seed \d+/);
    },
    LONGEST_HUNT,
  );
});

describe('a mutation', () => {
  it('needs its snippet exactly once', () => {
    expect(mutate('a b c', 'b', 'x', 'file')).toBe('a x c');
    expect(() => mutate('a b b', 'b', 'x', 'file')).toThrow('2 times');
    expect(() => mutate('a c', 'b', 'x', 'file')).toThrow('0 times');
  });
});

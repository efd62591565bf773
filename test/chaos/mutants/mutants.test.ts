import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tasks/root.js';
import { mutate } from '../simulated/bundle.js';
import { huntMutant, modeOf } from './hunt-mutant.js';
import { type Mutant, mutants } from './mutants.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(root, 'node_modules/.sluice-mutants-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the mutants', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'fit the engine as it is, and name a row: %s',
    async (_name, mutant) => {
      expect(modeOf(mutant)).toBeTypeOf('string');
      for (const mutation of [mutant, ...(mutant.and === undefined ? [] : [mutant.and])])
        expect(mutate(await readFile(join(root, mutation.file), 'utf8'), mutation)).toContain(mutation.replacement);
    },
  );

  it('need their snippet exactly once', () => {
    const mutation = (source: string) => mutate(source, { file: 'a.ts', snippet: 'b', replacement: 'x' });
    expect(mutation('a b c')).toBe('a x c');
    expect(() => mutation('a b b')).toThrow(/a\.ts .* 2 times: adapt/);
    expect(() => mutation('a c')).toThrow(/0 times/);
  });
});

describe('npm run chaos:mutants', () => {
  const caught = mutants.filter(({ name }) => /purging keeps|are committed before|not synced/.test(name));
  const options = { seed: 1, runs: 300, deadline: 100_000 };

  it.each(caught.map((mutant) => [mutant.name, mutant] as const))(
    'finds that %s',
    async (_name, mutant) => {
      expect((await huntMutant(mutant, { ...options, folder })).caughtBy).toBeTypeOf('number');
    },
    120_000,
  );

  it('finds nothing wrong with the engine as it is', async () => {
    const none: Mutant = {
      name: 'none',
      row: 22,
      file: 'packages/core/src/windows/purging.ts',
      snippet: 'function purged(',
      replacement: 'function purged(',
    };
    expect(await huntMutant(none, { ...options, runs: 40, folder })).toEqual({ runs: 40 });
  }, 120_000);
});

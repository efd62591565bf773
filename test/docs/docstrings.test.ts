import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { root } from '../tasks/root.js';
import { examplesOf, shippedSources } from './docstrings.js';
import { programOf } from './program-of.js';

const examples = shippedSources().flatMap((file) => examplesOf(file));
const folder = mkdtempSync(join(tmpdir(), 'sluice-docstrings-'));
const started = process.cwd();
afterAll(() => {
  process.chdir(started);
  rmSync(folder, { recursive: true, force: true });
});

const programs = examples.map((example, index) => {
  const path = join(folder, `example-${index}.ts`);
  writeFileSync(path, programOf(example, join(root, 'test/docs/stage.js')));
  const registers = /^await (?:sink|source)Conformance\(/m.test(example.code);
  return { name: `${example.file}:${example.line}`, path, registers };
});

describe('examples of docstrings', () => {
  it('are there', () => expect(examples.length).toBeGreaterThan(50));

  it('are correct TypeScript', { timeout: 120_000 }, () => {
    const config = join(folder, 'tsconfig.json');
    const settings = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: true,
        typeRoots: [join(root, 'node_modules/@types')],
        allowImportingTsExtensions: false,
      },
      include: ['example-*.ts'],
    };
    writeFileSync(config, JSON.stringify(settings));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      encoding: 'utf8',
    });
    const named = stdout.replace(/\S*example-(\d+)\.ts/g, (_text, index) => programs[Number(index)]?.name ?? '?');
    expect(named.split('\n').filter((line) => line.includes('error'))).toEqual([]);
  });

  // Calls of the kit register tests: those run in test/conformance.
  it.each(programs.filter(({ registers }) => !registers))('$name runs', async ({ path }) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    process.chdir(folder);
    try {
      await import(path);
    } finally {
      log.mockRestore();
    }
  });
});

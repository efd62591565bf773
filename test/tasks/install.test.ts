import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchesLockfile } from './install.mjs';
import { root } from './root.js';

const locked = {
  '': {},
  'packages/a': { version: '0.1.0' },
  'node_modules/@x/a': { link: true },
  'node_modules/b': { version: '1.0.0', integrity: 'sha512-1' },
  'node_modules/b-win32': { version: '1.0.0', optional: true },
};
const installed = {
  'node_modules/@x/a': { link: true },
  'node_modules/b': { version: '1.0.0', integrity: 'sha512-1' },
};

describe('what is installed', () => {
  it('fits the lockfile without binaries of other platforms', () =>
    expect(matchesLockfile(locked, installed)).toBe(true));

  it.each([
    ['a package is missing', { 'node_modules/@x/a': { link: true } }],
    ['a package has another version', { ...installed, 'node_modules/b': { version: '1.0.1', integrity: 'sha512-1' } }],
    ['a package has other contents', { ...installed, 'node_modules/b': { version: '1.0.0', integrity: 'sha512-2' } }],
    ['a package is not in the lockfile', { ...installed, 'node_modules/c': { version: '1.0.0' } }],
  ])('is replaced when %s', (_, other) => expect(matchesLockfile(locked, other)).toBe(false));
});

describe('npm run', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  it('starts every script by the file that installs what is missing', () => {
    for (const [name, command] of Object.entries(scripts)) expect(command).toBe(`node test/tasks/run.mjs ${name}`);
  });

  it.each(['run.mjs', 'install.mjs'])('needs no dependency before that: %s', (file) => {
    const text = readFileSync(join(root, 'test/tasks', file), 'utf8');
    const imports = [...text.matchAll(/^import .* from '([^']+)'/gm)].map(([, module]) => module);
    expect(imports.filter((module) => !/^(node:|\.\/install\.mjs$)/.test(module ?? ''))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingBinaries, platformOf } from './lockfile.js';
import { root } from './root.js';

describe('the lockfile', () => {
  it('is searched for binaries it lacks', () => {
    const packages = {
      'node_modules/a': {
        optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-win32-x64': '1.0.0', fsevents: '~2.3.2' },
        dev: true,
      },
      'node_modules/a-linux-x64': {},
      'node_modules/b/node_modules/c': { optionalDependencies: { 'c-linux-x64': '2.0.0' } },
      'node_modules/b/node_modules/c-linux-x64': {},
    };
    expect(missingBinaries({ packages })).toEqual([{ name: 'a-win32-x64', version: '1.0.0', dev: true }]);
  });

  it('lacks none (npm run lockfile writes them)', () => {
    expect(missingBinaries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))).toEqual([]);
  });
});

describe('platformOf', () => {
  it.each([
    ['@rollup/rollup-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@rollup/rollup-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@turbo/windows-64', { os: ['win32'], cpu: ['x64'] }],
    ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ])('reads %s', (name, platform) => expect(platformOf(name)).toEqual(platform));

  it('refuses a name that tells no platform', () => {
    expect(() => platformOf('left-pad')).toThrow('left-pad');
  });
});

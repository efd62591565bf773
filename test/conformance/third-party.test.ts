import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { snippetsOf } from '../docs/snippets.js';
import { root } from '../tasks/root.js';

const folder = join(root, 'examples/third-party-connector');
const sink = readFileSync(join(folder, 'src/sqlite-sink.ts'), 'utf8');
const proof = readFileSync(join(folder, 'src/sqlite-sink.conformance.ts'), 'utf8');

/** Lines as they are apart from how far they are indented. */
function flat(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

describe('the third-party connector', () => {
  it('depends on published packages alone, and so do its imports', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(Object.keys({ ...dependencies, ...devDependencies }).sort()).toEqual([
      '@sluice/conformance',
      '@sluice/connector-sdk',
      'libsql',
      'tsx',
    ]);
    for (const [, name] of `${sink}\n${proof}`.matchAll(/from '([^']+)'/g)) {
      expect(name).toMatch(/^(@sluice\/(connector-sdk|conformance)|libsql|node:path|\.\/sqlite-sink\.js)$/);
    }
  });

  it('is less than 150 lines long', () => expect(sink.split('\n').length).toBeLessThan(150));

  it('is what its tutorial shows', () => {
    const shown = snippetsOf('examples/third-party-connector/README.md').filter(({ language }) => language === 'ts');
    expect(shown.length).toBeGreaterThan(8);
    for (const { text } of shown) expect(flat(`${sink}\n${proof}`)).toContain(flat(text));
  });

  it('passes the kit under node:test, as built packages and by its own command', { timeout: 240_000 }, async () => {
    const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
    const test = promisify(execFile)('npm', ['test', '--silent'], { cwd: folder, env, maxBuffer: 1 << 24 });
    const { stdout } = await test.catch((failed: { readonly stdout: string }) => failed);
    expect(stdout).toMatch(/Conformance of sqliteSink: 3\d passed, 0 failed/);
  });
});

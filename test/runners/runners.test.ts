import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { root } from '../tasks/root.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const fixture = join(root, 'test/runners/fixture');
/** Of the packages as they were built, with what they import, and nothing of the runner that runs this. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };
const { cases } = require('./fixture/pipeline.cjs') as {
  readonly cases: Readonly<Record<string, () => Promise<void>>>;
};

describe('@sluice/testing under vitest', () => {
  test.each(Object.entries(cases))('%s', async (_name, runCase) => runCase());
});

describe('@sluice/testing under other runners', () => {
  test('jest', { timeout: 120_000 }, async () => {
    const jest = require.resolve('jest/bin/jest');
    const parameters = ['--rootDir', fixture, '--testMatch', '**/jest.test.cjs', '--json', '--ci', '--no-cache'];
    const { stdout } = await run(process.execPath, [jest, ...parameters], { cwd: fixture, env });
    const report = JSON.parse(stdout) as { success: boolean; numPassedTests: number };
    expect(report).toMatchObject({ success: true, numPassedTests: Object.keys(cases).length + 1 });
  });

  test.each(['node-test.cjs', 'node-test.mjs'])('node:test, %s', { timeout: 120_000 }, async (file) => {
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', join(fixture, file)], { env });
    expect(stdout).toMatch(/# fail 0/);
    expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(0);
  });
});

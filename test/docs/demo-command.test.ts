import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../tasks/root.js';

const PROGRAM = 'examples/flights/src/main.ts';

/** Without the build before it: a build now would write the packages that other tests are reading. */
it('npm run demo, which the README begins with, does what it says', { timeout: 240_000 }, () => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  expect(read('README.md')).toContain('npm run demo\n');
  expect(read('test/tasks/tasks.ts')).toContain(`demo: builtProgram('${PROGRAM}')`);
  const options = ['--events', '5000', '--kills', '1', '--json'];
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(root, PROGRAM), ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ events: 5000, kills: 1, missing: 0, duplicated: 0, different: 0 });
});

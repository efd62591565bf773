import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from './build.js';
import { root } from './root.js';
import { runTool } from './run-tool.js';

/** `npm run test:node -- 22 [ARGS]`: the tests on another major version of Node, which comes from npm; arguments go to vitest. */
export async function testOnNode([major = '', ...args]: readonly string[]): Promise<number> {
  if (!/^\d+$/.test(major)) {
    console.error('Which Node? For example: npm run test:node -- 22');
    return 2;
  }
  const node = await installNode(major);
  return (await build()) || (await runTool('vitest', ['run', ...args], { node }));
}

async function installNode(major: string): Promise<string> {
  const folder = join(root, '.node', major);
  const name = `node-${process.platform}-${process.arch}`;
  await mkdir(folder, { recursive: true });
  await promisify(execFile)('npm', ['install', '--no-save', '--prefix', folder, `${name}@${major}`]);
  return join(folder, 'node_modules', name, 'bin/node');
}

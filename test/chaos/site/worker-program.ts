import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { root } from '../../tasks/root.js';

const source = fileURLToPath(new URL('../worker.ts', import.meta.url));
let program: Promise<string> | undefined;
let remove = () => {};

/**
 * The process of the job as one plain JavaScript file, the built packages in it: hundreds of processes are started, each would compile and
 * resolve all of it again, and a build meanwhile would pull it away from under them.
 */
export function workerProgram(): Promise<string> {
  program ??= bundle();
  return program;
}

export function removeWorkerProgram(): void {
  program = undefined;
  remove();
}

async function bundle(): Promise<string> {
  // Below node_modules, so that the driver is found from there.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sluice-chaos-'));
  remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeWorkerProgram);
  await build({
    config: false,
    entry: { worker: source },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    // Without it the packages would be their sources.
    tsconfig: join(root, 'tsconfig.run.json'),
    noExternal: [/^@sluice\//, 'rxjs'],
    external: ['pg'],
    splitting: false,
    silent: true,
  });
  return join(folder, 'worker.mjs');
}

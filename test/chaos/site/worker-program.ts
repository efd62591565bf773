import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { root } from '../../tasks/root.js';

const sources = {
  worker: fileURLToPath(new URL('../worker.ts', import.meta.url)),
  'pair-worker': fileURLToPath(new URL('../pairs/pair-worker.ts', import.meta.url)),
  'document-worker': fileURLToPath(new URL('../documents/document-worker.ts', import.meta.url)),
};
let programs: Promise<string> | undefined;
let remove = () => {};

/**
 * The process of the job as plain JavaScript, the built packages in it: hundreds of processes are started, each would compile and
 * resolve all of it again, and a build meanwhile would pull it away from under them.
 */
export async function workerProgram(): Promise<string> {
  programs ??= bundle();
  return join(await programs, 'worker.mjs');
}

/** The same for the job between two systems, which loads only the connectors that it needs. */
export async function pairProgram(): Promise<string> {
  programs ??= bundle();
  return join(await programs, 'pair-worker.mjs');
}

/** The same for the job that writes the latest revision of documents. */
export async function documentProgram(): Promise<string> {
  programs ??= bundle();
  return join(await programs, 'document-worker.mjs');
}

export function removeWorkerProgram(): void {
  programs = undefined;
  remove();
}

/** Where a test of this suite has put its own `worker.mjs`, with a mistake in it. */
const GIVEN = process.env.SLUICE_CHAOS_WORKERS;

async function bundle(): Promise<string> {
  if (GIVEN !== undefined && GIVEN !== '') return GIVEN;
  // Below node_modules, so that the drivers are found from there.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sluice-chaos-'));
  remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeWorkerProgram);
  await build({
    config: false,
    entry: sources,
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    // Without it the packages would be their sources.
    tsconfig: join(root, 'tsconfig.run.json'),
    noExternal: [/^@sluice\//, 'rxjs'],
    // Whatever else there is to import.
    external: [/^(?!@sluice\/|rxjs|[./])/],
    splitting: true,
    silent: true,
  });
  return folder;
}

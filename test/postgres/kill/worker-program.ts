import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { root } from '../../tasks/root.js';

/** The process of the job as one file, with the packages' sources in it: what is tested is what is written here. */
export async function workerProgram(name = 'worker'): Promise<{ readonly path: string; remove(): void }> {
  // Below node_modules, so that the driver is found from there.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sluice-kill-'));
  await build({
    config: false,
    entry: { worker: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)) },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    tsconfig: join(root, 'tsconfig.json'),
    noExternal: [/^@sluice\//, 'rxjs'],
    external: ['pg', 'pg-copy-streams'],
    splitting: false,
    silent: true,
  });
  return { path: join(folder, 'worker.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

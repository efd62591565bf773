import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { root } from '../tasks/root.js';

/**
 * A subject of proof as one plain JavaScript file: dozens of processes are started, and each would compile and resolve everything again. What
 * somebody else's file needs, tsx or a Node that strips types, is used by the proof of the example connector.
 */
export async function proofProgram(subject: string): Promise<string> {
  // Below node_modules, so that what is left out is found from there.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sluice-conformance-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, `${subject}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`subjects/${subject}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Its paths lead to the sources of the packages.
    tsconfig: join(root, 'tsconfig.json'),
    external: ['vitest', 'pg-native'],
    // What is CommonJS in it asks for modules of Node by this.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'silent',
  });
  return outfile;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from '../../tasks/root.js';
import type { Mutant } from './mutants.js';

/** Bundles the engine, the simulation and what starts it into one file; the engine's source with the mutant in it. */
export async function bundleMutant(mutant: Mutant | undefined, outfile: string): Promise<void> {
  const plugins = mutant === undefined ? [] : [mutation(mutant)];
  await build({
    entryPoints: [join(root, 'test/simulation/mutants/hunt.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: Object.fromEntries(
      ['connector-sdk', 'core', 'testing'].map((name) => [
        `@sluice/${name}`,
        join(root, `packages/${name}/src/index.ts`),
      ]),
    ),
    plugins,
    logLevel: 'error',
  });
}

function mutation({ file, snippet, replacement }: Mutant): Plugin {
  const path = join(root, 'packages/core/src', file);
  return {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async (module) => {
        if (module.path !== path) return undefined;
        return { contents: mutate(await readFile(path, 'utf8'), snippet, replacement, file), loader: 'ts' };
      });
    },
  };
}

/** A snippet that is no longer there would make a mutant that is none. */
export function mutate(source: string, snippet: string, replacement: string, file: string): string {
  const [before, after, ...more] = source.split(snippet);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `${file} must have the snippet once, and has it ${source.split(snippet).length - 1} times:\n${snippet}`,
    );
  }
  return before + replacement + after;
}

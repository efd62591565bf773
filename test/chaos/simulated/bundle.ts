import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { root } from '../../tasks/root.js';
import type { SimulatedRun } from './simulated-row.js';

/** The packages as they are in the repository, not as they were built. */
const sources: Readonly<Record<string, string>> = Object.fromEntries(
  ['packages/connector-sdk', 'packages/core', 'packages/testing', 'connectors/postgres'].map((folder) => [
    `@sluice/${folder.split('/')[1]}`,
    join(root, folder, 'src/index.ts'),
  ]),
);

/** A mistake in the source of the engine or of a connector. */
export interface Mutation {
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs there once. */
  readonly snippet: string;
  readonly replacement: string;
}

/**
 * Bundles a program of the tests with the engine's sources into one file; with a mistake in them, if there is to be one. What simulations test
 * reaches into the engine, so they run on its sources, and never beside another copy of it.
 */
export async function bundleWithEngine(
  entry: string,
  outfile: string,
  mutations: readonly Mutation[] = [],
): Promise<void> {
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['fast-check', 'pg', 'pg-copy-streams', 'rxjs'],
    alias: sources,
    plugins: mutations.length === 0 ? [] : [mutating(mutations)],
    logLevel: 'error',
  });
}

function mutating(mutations: readonly Mutation[]): Plugin {
  return {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async (module) => {
        const own = mutations.filter(({ file }) => module.path === join(root, file));
        if (own.length === 0) return undefined;
        const source = await readFile(module.path, 'utf8');
        return { contents: own.reduce(mutate, source), loader: 'ts' };
      });
    },
  };
}

/** A snippet that is no longer there would make a mutant that is none. */
export function mutate(source: string, { file, snippet, replacement }: Mutation): string {
  const parts = source.split(snippet);
  const [before, after] = parts;
  if (before === undefined || after === undefined || parts.length !== 2) {
    throw new Error(
      `${file} must have the snippet once, and has it ${parts.length - 1} times: adapt the mutant to the engine as it is now.\n${snippet}`,
    );
  }
  return before + replacement + after;
}

let loading: Promise<Readonly<Record<number, SimulatedRun>>> | undefined;

/** The simulated rows, bundled once for a process. */
export function loadSimulatedRuns(): Promise<Readonly<Record<number, SimulatedRun>>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Readonly<Record<number, SimulatedRun>>> {
  // Inside the repository, so that the bundle finds what it imports.
  const folder = await mkdtemp(join(root, 'node_modules/.sluice-simulated-'));
  try {
    const outfile = join(folder, 'rows.mjs');
    await bundleWithEngine('test/chaos/simulated/rows.ts', outfile);
    const { simulatedRuns } = await import(pathToFileURL(outfile).href);
    return simulatedRuns;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

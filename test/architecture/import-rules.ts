import { type ImportGraph, reachable } from './import-graph.js';
import { folderOf, packageOf } from './source-file.js';

/** Which of our packages each package may import. A package that is not listed may import none. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  'packages/connector-sdk': [],
  'packages/conformance': ['@sluice/core', '@sluice/connector-sdk'],
  'packages/core': ['@sluice/connector-sdk'],
  'packages/services': [],
  'packages/testing': ['@sluice/core', '@sluice/connector-sdk'],
};
const allowedOfConnectors = ['@sluice/connector-sdk'];

/** Inside core: stream ← operators ← job, and below them folders that know no operator. */
const forbiddenFolders: Readonly<Record<string, readonly string[]>> = {
  stream: ['operators', 'job'],
  operators: ['job'],
  time: ['operators', 'job'],
  windows: ['operators', 'job'],
  state: ['operators', 'job'],
  aggregates: ['operators', 'job'],
};

/** What breaks the import direction between packages; tests are to be left out of the graph. */
export function packageDirection({ modules, files }: ImportGraph): string[] {
  const foreign = [...modules].flatMap(([path, names]) => {
    const home = packageOf(path);
    const allowed = home.startsWith('connectors/') ? allowedOfConnectors : (allowedPackages[home] ?? []);
    return names
      .filter((name) => name.startsWith('@sluice/') && !allowed.includes(name))
      .map((name) => `${path} imports ${name}`);
  });
  const across = [...files].flatMap(([path, imported]) =>
    imported.filter((other) => packageOf(other) !== packageOf(path)).map((other) => `${path} imports ${other}`),
  );
  return [...foreign, ...across];
}

/** Connectors are imported by examples and by `test` alone; this holds for the tests inside packages too. */
export function importedConnectors({ modules }: ImportGraph, connectors: readonly string[]): string[] {
  return [...modules].flatMap(([path, names]) =>
    names.filter((name) => connectors.includes(name)).map((name) => `${path} imports ${name}`),
  );
}

export function coreDirection({ files }: ImportGraph): string[] {
  return [...files]
    .filter(([path]) => packageOf(path) === 'packages/core')
    .flatMap(([path, imported]) => {
      const forbidden = forbiddenFolders[folderOf(path) ?? ''] ?? [];
      return imported
        .filter((other) => forbidden.includes(folderOf(other) ?? ''))
        .map((other) => `${path} imports ${other}`);
    });
}

/** Checkpointing runs under simulation: neither it nor anything it imports knows RxJS or threads. */
export function checkpointPurity(graph: ImportGraph): string[] {
  const checkpointing = [...graph.files.keys()].filter((path) => path.startsWith('packages/core/src/checkpoint/'));
  return [...reachable(graph, checkpointing)].flatMap((path) =>
    (graph.modules.get(path) ?? [])
      .filter((name) => /^rxjs(\/|$)/.test(name) || /^(node:)?worker_threads$/.test(name))
      .map((name) => `${path}, which checkpoint/ needs, imports ${name}`),
  );
}

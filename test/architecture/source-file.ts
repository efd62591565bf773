import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../tasks/root.js';

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A file of a fixture: `file('packages/core/src/a.ts', "import './b.js';")`. */
export function file(path: string, text = ''): SourceFile {
  return { path, text };
}

/** Every TypeScript file below the `src` folders of the packages and connectors, tests included. */
export function packageSources(): SourceFile[] {
  return ['packages', 'connectors'].flatMap((parent) =>
    readdirSync(join(root, parent)).flatMap((name) => sourcesBelow(`${parent}/${name}/src`)),
  );
}

function sourcesBelow(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?ts$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
    .sort()
    .map((path) => file(`${folder}/${path}`, readFileSync(join(root, folder, path), 'utf8')));
}

const made = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.git',
  '.turbo',
  '.bench',
  '.services',
  '.demo',
  '.test-results',
  '.node',
]);

/** Every file of the repository that was written and not made, relative to the root. */
export function repositoryPaths(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !made.has(name))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return repositoryPaths(path);
      return entry.isFile() ? [path] : [];
    });
}

export function isTest({ path }: SourceFile): boolean {
  return /\.test\.ts$/.test(path);
}

/** `packages/core` of `packages/core/src/stream/element.ts`. */
export function packageOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** `stream` of `packages/core/src/stream/element.ts`; nothing for a file that lies in `src` itself. */
export function folderOf(path: string): string | undefined {
  const [, , , folder, next] = path.split('/');
  return next === undefined ? undefined : folder;
}

import { posix } from 'node:path';
import { isEntryPoint } from './entry-points.js';
import { importsOf } from './module-imports.js';
import { packageSources, type SourceFile } from './source-file.js';

/** What each file imports: files of ours by path, other modules by name. */
export interface ImportGraph {
  /** Path of a file → paths of the files it imports. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Path of a file → names of the modules it imports: `rxjs`, `node:fs`, `@sluice/core`. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

export function importGraph(sources: readonly SourceFile[]): ImportGraph {
  const files = new Map<string, string[]>();
  const modules = new Map<string, string[]>();
  for (const source of sources) {
    const imports = importsOf(source);
    files.set(
      source.path,
      imports.filter(isRelative).map((name) => resolve(source.path, name)),
    );
    modules.set(
      source.path,
      imports.filter((name) => !isRelative(name)),
    );
  }
  return { files, modules };
}

function isRelative(name: string): boolean {
  return name.startsWith('.');
}

function resolve(from: string, name: string): string {
  return posix.join(posix.dirname(from), name).replace(/\.(m?)js$/, '.$1ts');
}

/** The import cycles, each as the path that comes back to where it began. */
export function importCycles({ files }: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of files.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return cycles;
}

/** The files that can be reached from some files by imports, themselves included. */
export function reachable({ files }: ImportGraph, from: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of files.get(path) ?? []) visit(next);
  };
  for (const path of from) visit(path);
  return seen;
}

/** The sources that end up in a package: what its entry points import, and so on. The others are tests and what tests need. */
export function shippedSources(): SourceFile[] {
  const sources = packageSources();
  const entries = sources.map(({ path }) => path).filter(isEntryPoint);
  const shipped = reachable(importGraph(sources), entries);
  return sources.filter(({ path }) => shipped.has(path));
}

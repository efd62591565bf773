import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks/root.js';
import { packageOf } from './source-file.js';

const known = new Map<string, ReadonlySet<string>>();

/** A file that a package's manifest exports. */
export function isEntryPoint(path: string): boolean {
  const folder = packageOf(path);
  let entries = known.get(folder);
  if (entries === undefined) {
    entries = entriesOf(folder);
    known.set(folder, entries);
  }
  return entries.has(path);
}

function entriesOf(folder: string): ReadonlySet<string> {
  const manifest = join(root, folder, 'package.json');
  if (!existsSync(manifest)) return new Set([`${folder}/src/index.ts`]);
  const { exports = { '.': undefined } } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly exports?: object };
  return new Set(Object.keys(exports).map((entry) => `${folder}/src/${entry === '.' ? 'index' : entry.slice(2)}.ts`));
}

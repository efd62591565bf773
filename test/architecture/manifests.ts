import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks/root.js';
import type { ImportGraph } from './import-graph.js';
import { packageOf } from './source-file.js';

/** The part of a package.json that is checked. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean;
  readonly license?: string;
  readonly main?: string;
  readonly types?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PackageFolder {
  readonly folder: string;
  readonly manifest: Manifest;
}

export function packageManifests(): PackageFolder[] {
  return ['packages', 'connectors'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => {
      const folder = `${parent}/${name}`;
      return { folder, manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) };
    }),
  );
}

/** Where `exports` and what is built disagree. `exists` tells of a path relative to the root. */
export function exportsAgree({ folder, manifest }: PackageFolder, exists = existsBelowRoot): string[] {
  const problems: string[] = [];
  const expect = (fact: boolean, problem: string) => fact || problems.push(`${folder}: ${problem}`);
  for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
    if (entry === './package.json') continue;
    expect(!entry.includes('internal'), `${entry} exports internals`);
    const source = `src/${entry === '.' ? 'index' : entry.slice(2)}.ts`;
    expect(exists(`${folder}/${source}`), `${entry} has no ${source}`);
    expect(
      JSON.stringify(target) === JSON.stringify(targetOf(source)),
      `${entry} does not name what is built from ${source}`,
    );
  }
  expect(manifest.exports?.['.'] !== undefined, 'there is no main entry');
  expect(manifest.exports?.['./package.json'] === './package.json', 'package.json is not exported');
  expect(
    manifest.main === './dist/cjs/index.js' && manifest.types === './dist/cjs/index.d.ts',
    'main or types is wrong',
  );
  expect(manifest.files?.includes('dist') === true, '`files` lacks dist');
  expect(manifest.sideEffects === false, 'sideEffects is not false');
  expect(manifest.license === 'Apache-2.0' && exists(`${folder}/LICENSE`), 'the licence is missing');
  expect(exists(`${folder}/README.md`), 'README.md is missing');
  return problems;
}

/** `types` first, as resolvers take the first condition that fits. */
function targetOf(source: string) {
  const output = source.replace('src/', '').replace(/\.ts$/, '');
  const files = (format: string) => ({
    types: `./dist/${format}/${output}.d.ts`,
    default: `./dist/${format}/${output}.js`,
  });
  return { import: files('esm'), require: files('cjs') };
}

/** Modules that shipped code imports and its package.json does not name; and those it names and no shipped code imports. */
export function dependenciesAgree({ folder, manifest }: PackageFolder, shipped: ImportGraph): string[] {
  const imported = new Set(
    [...shipped.modules].flatMap(([path, names]) => (packageOf(path) === folder ? names.map(packageNameOf) : [])),
  );
  const named = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  return [
    ...[...imported]
      .filter((name) => !name.startsWith('node:') && !named.has(name))
      .map((name) => `${folder} does not name ${name}`),
    ...[...named].filter((name) => !imported.has(name)).map((name) => `${folder} names ${name} and does not import it`),
  ];
}

function packageNameOf(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

function existsBelowRoot(path: string): boolean {
  return existsSync(join(root, path));
}

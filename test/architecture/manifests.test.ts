import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tasks/root.js';
import { importGraph, shippedSources } from './import-graph.js';
import { dependenciesAgree, exportsAgree, type Manifest, packageManifests } from './manifests.js';
import { file } from './source-file.js';

const packages = packageManifests();
const shipped = importGraph(shippedSources());

const built = (name: string) => ({
  import: { types: `./dist/esm/${name}.d.ts`, default: `./dist/esm/${name}.js` },
  require: { types: `./dist/cjs/${name}.d.ts`, default: `./dist/cjs/${name}.js` },
});
const good: Manifest = {
  name: '@sluice/x',
  license: 'Apache-2.0',
  sideEffects: false,
  main: './dist/cjs/index.js',
  types: './dist/cjs/index.d.ts',
  exports: { '.': built('index'), './package.json': './package.json' },
  files: ['dist'],
};

describe('exports and files', () => {
  const problems = (manifest: Manifest, exists = (_path: string) => true) =>
    exportsAgree({ folder: 'packages/x', manifest }, exists);

  it('are checked', () => {
    expect(problems(good)).toEqual([]);
    expect(problems({ ...good, exports: { ...good.exports, './internal/a': built('internal/a') } })).toEqual([
      'packages/x: ./internal/a exports internals',
    ]);
    expect(
      problems({ ...good, exports: { ...good.exports, './a': built('a') } }, (path) => !path.endsWith('/a.ts')),
    ).toEqual(['packages/x: ./a has no src/a.ts']);
    expect(problems({ ...good, exports: { ...good.exports, './a': './dist/a.js' } })).toEqual([
      'packages/x: ./a does not name what is built from src/a.ts',
    ]);
    expect(problems({ name: '@sluice/x' }, () => false)).toHaveLength(7);
  });

  it.each(packages)('agree in $folder', (item) => expect(exportsAgree(item)).toEqual([]));
});

describe('the licence', () => {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');

  it.each(packages)('is the same in $folder', ({ folder }) => {
    expect(readFileSync(join(root, folder, 'LICENSE'), 'utf8')).toBe(licence);
  });
});

describe('dependencies', () => {
  it('are compared with the imports', () => {
    const graph = importGraph([file('packages/x/src/a.ts', "import 'node:fs'; import '@a/b/c'; import 'd/e';")]);
    const manifest = { ...good, dependencies: { d: '1' }, peerDependencies: { f: '1' } };
    expect(dependenciesAgree({ folder: 'packages/x', manifest }, graph)).toEqual([
      'packages/x does not name @a/b',
      'packages/x names f and does not import it',
    ]);
  });

  it.each(packages)('agree in $folder', (item) => expect(dependenciesAgree(item, shipped)).toEqual([]));
});

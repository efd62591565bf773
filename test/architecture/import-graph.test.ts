import { describe, expect, it } from 'vitest';
import { isEntryPoint } from './entry-points.js';
import { importCycles, importGraph, reachable } from './import-graph.js';
import { importsOf } from './module-imports.js';
import { file, isTest, packageSources } from './source-file.js';

describe('imports', () => {
  it('are found in every form', () => {
    const text = `
      import 'a'; import b from 'b'; import type { C } from 'c'; export * from 'd'; export type { E } from 'e';
      const f = await import('f'); const g = require('g'); type H = import('h').H; import i = require('i');
      createRequire(createRequire(import.meta.url).resolve('j')).resolve('k/package.json'); path.resolve('not');
      const text = "import 'not'";
    `;
    expect(importsOf(file('x.ts', text))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'k/package.json', 'j']);
  });
});

describe('import cycles', () => {
  it('are found through types and through several files', () => {
    const graph = importGraph([
      file('p/a.ts', "import type { B } from './b.js';"),
      file('p/b.ts', "export * from './c/d.js';"),
      file('p/c/d.ts', "type A = import('../a.js').A;"),
      file('p/e.ts', "import './a.js';"),
    ]);
    expect(importCycles(graph)).toEqual([['p/a.ts', 'p/b.ts', 'p/c/d.ts', 'p/a.ts']]);
  });

  it('are not seen in a diamond', () => {
    const graph = importGraph([
      file('a.ts', "import './b.js'; import './c.js';"),
      file('b.ts', "import './d.js';"),
      file('c.ts', "import './d.js';"),
      file('d.ts'),
    ]);
    expect(importCycles(graph)).toEqual([]);
  });

  it('do not exist in the packages', () => {
    expect(importCycles(importGraph(packageSources()))).toEqual([]);
  });
});

describe('files that nothing uses', () => {
  it('do not exist in the packages', () => {
    const sources = packageSources();
    const entries = sources.filter((source) => isTest(source) || isEntryPoint(source.path));
    const used = reachable(
      importGraph(sources),
      entries.map(({ path }) => path),
    );
    expect(sources.map(({ path }) => path).filter((path) => !used.has(path))).toEqual([]);
  });
});

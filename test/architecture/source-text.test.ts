import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tasks/root.js';
import { shippedSources } from './import-graph.js';
import { file, packageSources, repositoryPaths } from './source-file.js';
import { consoleCalls, indexStatements, machinePaths, meaninglessNames } from './source-text.js';

const sources = packageSources();
const shipped = shippedSources();
const written = repositoryPaths();

describe('index files', () => {
  it('with more than exports are found', () => {
    const text = `export * from './a.js'; export { b } from './b.js'; export type { C } from './c.js';
      import d from './d.js'; export const e = 1; export { d };`;
    expect(
      indexStatements([file('packages/x/src/index.ts', text), file('packages/x/src/y.ts', 'const z = 1;')]),
    ).toEqual([
      "packages/x/src/index.ts: import d from './d.js';",
      'packages/x/src/index.ts: export const e = 1;',
      'packages/x/src/index.ts: export { d };',
    ]);
  });

  it('only export', () => expect(indexStatements(sources)).toEqual([]));
});

describe('names that say nothing', () => {
  it('are found', () => {
    const bad = ['a/utils.ts', 'a/helper.test.ts', 'common/a.ts', 'a/misc'];
    expect(meaninglessNames([...bad, 'a/commonality.ts', 'a/utilisation.ts'])).toEqual(bad);
  });

  it('are not used', () => expect(meaninglessNames(written)).toEqual([]));
});

describe('console', () => {
  it('is found in code and not in comments', () => {
    expect(consoleCalls([file('a.ts', "// console.log\nconst text = 'console.log'; console.warn(text);")])).toEqual([
      'a.ts: console.warn',
    ]);
  });

  it('is not used by shipped code', () => expect(consoleCalls(shipped)).toEqual([]));
});

describe('paths of a machine', () => {
  it('are found', () => {
    const user = 'ann';
    const text = `'/${'root'}/x' "/home/${user}/x" https://a.b/home/${user}/x ./home/${user} /Users/${user}/x /srv/sluice/y`;
    expect(machinePaths([file('a.ts', text)], '/srv/sluice/')).toEqual([
      `a.ts: /${'root'}/x`,
      `a.ts: /home/${user}/x`,
      `a.ts: /Users/${user}/x`,
      'a.ts: /srv/sluice/',
    ]);
  });

  it('are not written anywhere', () => {
    const texts = written.map((path) => file(path, readFileSync(join(root, path), 'utf8')));
    expect(machinePaths(texts, root)).toEqual([]);
  });
});

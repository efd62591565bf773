import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageManifests } from '../architecture/manifests.js';
import { build } from '../tasks/build.js';
import { root } from '../tasks/root.js';
import { EmptyProject } from './empty-project.js';
import { type PackedPackages, packPackages } from './pack-packages.js';
import { allPackages, bothCopies, commonjs, counted, esm } from './programs.js';

const minutes = 60_000;
const compilers = ['typescript-5.4', 'typescript-5.9', 'typescript-6.0', 'typescript'];
const names = packageManifests().flatMap(({ manifest }) => (manifest.private ? [] : [manifest.name]));

let packed: PackedPackages;
let project: EmptyProject;

beforeAll(async () => {
  expect(await build()).toBe(0);
  packed = await packPackages();
  project = await EmptyProject.create();
  await project.install(...packed.tarballs, 'rxjs@7', '@types/node@20');
}, 5 * minutes);

afterAll(async () => {
  await packed?.remove();
  await project?.remove();
});

describe('packed tarballs', () => {
  it.each(names)('%s holds what is built, and no source', async (name) => {
    const files = await readdir(join(project.folder, 'node_modules', name));
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  it.each(['esm', 'cjs'])('hold functions as they were written: none is wrapped in %s', async (format) => {
    const built = await readFile(join(project.folder, 'node_modules/@sluice/core/dist', format, 'index.js'), 'utf8');
    expect(built).not.toContain('__name(');
    expect(built).toContain('factory.toString()');
  });

  it('load from ESM and from CommonJS with the same names', async () => {
    await project.write('all.mjs', allPackages(names));
    const expected = names.map((name) => [name, { esm: true, same: true, manifest: name }]);
    expect(await project.runNode('all.mjs')).toEqual(Object.fromEntries(expected));
  });

  it('run a job from ESM', async () => {
    await project.write('esm.mjs', esm);
    expect(await project.runNode('esm.mjs')).toEqual(counted);
  });

  it('run a job from CommonJS', async () => {
    await project.write('commonjs.cjs', commonjs);
    expect(await project.runNode('commonjs.cjs')).toEqual(counted);
  });

  it('let streams of the ESM copy go through operators of the CommonJS copy, and the other way round', async () => {
    await project.write('both.mjs', bothCopies);
    expect(await project.runNode('both.mjs')).toEqual({
      copies: 2,
      esmStream: counted,
      commonjsStream: counted,
      errorKnown: true,
    });
  });
});

describe('declarations', () => {
  beforeAll(async () => {
    const folder = join(root, 'test/types');
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(join(folder, file), 'utf8');
      await project.write(`as-module/${file}`, text);
      await project.write(`for-a-bundler/${file}`, text);
      // CommonJS has no `await` at the top of a file.
      if (!/^await /m.test(text) && !/ = await /.test(text)) await project.write(`as-commonjs/${file}`, text);
    }
    await project.write('as-module/package.json', '{ "type": "module" }');
    await project.write('as-commonjs/package.json', '{ "type": "commonjs" }');
    const settings = (resolution: object) =>
      JSON.stringify({
        compilerOptions: {
          ...resolution,
          target: 'ES2022',
          lib: ['ES2023'],
          types: ['node'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
        },
      });
    await project.write('as-module/tsconfig.json', settings({ module: 'NodeNext' }));
    await project.write('as-commonjs/tsconfig.json', settings({ module: 'NodeNext' }));
    const bundler = settings({ module: 'ESNext', moduleResolution: 'bundler' });
    await project.write('for-a-bundler/tsconfig.json', bundler);
  });

  describe.each(compilers)('%s', (compiler) => {
    const tsc = join(root, 'node_modules', compiler, 'bin/tsc');

    it.each(['as-module', 'as-commonjs', 'for-a-bundler'])(
      'compiles users’ programs %s',
      async (folder) => expect(await project.compile(tsc, folder)).toBe(''),
      minutes,
    );
  });

  it(
    'are what the programs are compiled against: an unknown name is an error',
    async () => {
      await project.write('as-wrong/a.ts', "import { noSuchOperator } from '@sluice/core'; noSuchOperator();");
      await project.write('as-wrong/tsconfig.json', '{ "compilerOptions": { "module": "NodeNext", "noEmit": true } }');
      const said = await project.compile(join(root, 'node_modules/typescript/bin/tsc'), 'as-wrong');
      expect(said).toContain('noSuchOperator');
    },
    minutes,
  );
});

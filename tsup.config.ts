import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { defineConfig, type Options } from 'tsup';

const run = promisify(execFile);
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/**
 * How every package is built; each calls it from its own folder.
 * The engine evaluates the source text of its hot functions again (`specialise`), so the text has to stay what it is: nothing is
 * minified, no helper is injected (`keepNames` wraps functions in one), and nothing below ES2022 is aimed at.
 */
function build(format: 'esm' | 'cjs'): Options {
  const outDir = `dist/${format}`;
  return {
    entry: entries(),
    format,
    outDir,
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    target: 'es2022',
    tsconfig: 'tsconfig.build.json',
    sourcemap: true,
    clean: true,
    minify: false,
    keepNames: false,
    splitting: false,
    // Declarations come from tsc itself; `import.meta.url` works in CommonJS too.
    dts: false,
    shims: true,
    // `node:test` and `node:sqlite` have no other name.
    removeNodeProtocol: false,
    silent: true,
    async onSuccess() {
      await run(process.execPath, [tsc, '--project', 'tsconfig.build.json', '--outDir', outDir]).catch(
        (failure: { stdout?: string }) => {
          throw new Error(`the declarations do not compile:\n${failure.stdout}`);
        },
      );
      if (format === 'cjs') await writeFile(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
    },
  };
}

/** A file of `src` for every entry point of the package's manifest. */
function entries(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
  const names = Object.keys(exports).filter((path) => path !== './package.json');
  return names.map((path) => `src/${path === '.' ? 'index' : path.slice(2)}.ts`);
}

export default defineConfig([build('esm'), build('cjs')]);

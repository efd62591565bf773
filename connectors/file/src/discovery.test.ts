import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { text } from '@sluice/connector-sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { fileSource } from './file-source.js';
import type { FilesOptions } from './files-options.js';
import { temporaryFile, temporaryFolder } from './testing/reading.js';

const { signal } = new AbortController();

async function discovered(options: FilesOptions): Promise<string[]> {
  const splits = await fileSource({ ...options, value: text() }).discover(signal);
  for (const { id, split } of splits) expect(split).toEqual({ path: id });
  return splits.map(({ id }) => id);
}

async function folderWith(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'below'));
  for (const name of names) await writeFile(join(folder, name), '');
  return folder;
}

describe('paths', () => {
  test('and patterns give each file once, in the order of the names', async () => {
    const folder = await folderWith('b.log', 'a.log', 'c.txt', '.hidden.log', 'below/d.log');
    const found = await discovered({ paths: [join(folder, 'b.log'), `${folder}/*.log`, `${folder}/**/*.log`] });
    expect(found).toEqual(['a.log', 'b.log', 'below/d.log'].map((name) => join(folder, name)));
  });

  test('are the ids as they were written', async () => {
    const folder = relative(process.cwd(), await folderWith('a.log'));
    expect(await discovered({ paths: `${folder}/a.log` })).toEqual([`${folder}/a.log`]);
    expect(await discovered({ paths: `${folder}/*.log` })).toEqual([`${folder}/a.log`]);
    expect(await discovered({ paths: [`${folder}/a.log`, resolve(folder, 'a.log')] })).toEqual([`${folder}/a.log`]);
  });

  test('that exist are no patterns', async () => {
    const folder = await folderWith('a[1].log', 'a1.log');
    expect(await discovered({ paths: `${folder}/a[1].log` })).toEqual([`${folder}/a[1].log`]);
  });

  test('may be symbolic links', async () => {
    const folder = await folderWith('a.log');
    await symlink(join(folder, 'a.log'), join(folder, 'current'));
    expect(await discovered({ paths: join(folder, 'current') })).toEqual([join(folder, 'current')]);
  });
});

describe('what cannot be read is an error before anything starts', () => {
  test('no file', async () => {
    const folder = await temporaryFolder();
    for (const path of [join(folder, 'a.log'), join(folder, 'none', 'a.log')]) {
      await expect(discovered({ paths: path })).rejects.toMatchObject({
        code: 'SLUICE_FILE_NOT_FOUND',
        component: 'fileSource',
        expected: `a file at ${path}`,
      });
    }
    await expect(discovered({ paths: join(folder, 'a.log'), tail: true })).rejects.toMatchObject({
      code: 'SLUICE_FILE_NOT_FOUND',
    });
  });

  test('a folder', async () => {
    const folder = await temporaryFolder();
    await expect(discovered({ paths: folder })).rejects.toMatchObject({
      code: 'SLUICE_FILE_NOT_A_FILE',
      actual: 'a directory',
      remedy: `name the files in it by a pattern, as in ${folder}/*.ndjson`,
    });
  });

  test('a named pipe, which cannot be read again', async () => {
    const path = join(await temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    await expect(discovered({ paths: path })).rejects.toMatchObject({
      code: 'SLUICE_FILE_NOT_A_FILE',
      actual: 'a named pipe',
    });
  });

  test('a pattern without a match, unless that is allowed or the files may come later', async () => {
    const paths = `${await temporaryFolder()}/*.log`;
    await expect(discovered({ paths })).rejects.toMatchObject({ code: 'SLUICE_FILE_NO_MATCH' });
    expect(await discovered({ paths, allowNoMatch: true })).toEqual([]);
    expect(await discovered({ paths, tail: true })).toEqual([]);
  });

  test('a compressed file among those that are tailed', async () => {
    const folder = await folderWith('a.log', 'a.log.1.gz');
    await expect(discovered({ paths: `${folder}/*`, tail: true })).rejects.toMatchObject({
      code: 'SLUICE_FILE_TAIL_GZIP',
      actual: `${folder}/a.log.1.gz is compressed with gzip`,
    });
  });
});

describe('without permission', () => {
  const NOBODY = 65534;
  const root = process.getuid?.() === 0;
  afterEach(() => {
    if (root) process.seteuid?.(0);
  });

  test('to read the file, or to search its folder', async () => {
    const path = await temporaryFile('a\n');
    const folder = resolve(path, '..');
    await chmod(path, 0);
    await chmod(folder, 0o755);
    if (root) process.seteuid?.(NOBODY);
    const refused = { code: 'SLUICE_FILE_PERMISSION', actual: 'EACCES', expected: `permission to read ${path}` };
    await expect(discovered({ paths: path })).rejects.toMatchObject(refused);
    await expect(discovered({ paths: `${folder}/*` })).rejects.toMatchObject(refused);
    if (root) process.seteuid?.(0);
    await chmod(folder, 0);
    if (root) process.seteuid?.(NOBODY);
    await expect(discovered({ paths: path })).rejects.toMatchObject(refused);
    if (root) process.seteuid?.(0);
    await chmod(folder, 0o755);
  });
});

test('an aborted discovery ends with the reason', async () => {
  const path = await temporaryFile('a\n');
  const reason = new Error('stopped');
  await expect(fileSource({ paths: path, value: text() }).discover(AbortSignal.abort(reason))).rejects.toBe(reason);
});

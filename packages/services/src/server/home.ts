import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Account } from '../process/run.js';
import { run } from '../process/run.js';

/** The folders that may hold a server's data and a copy of its programs, the first choice first. */
export function homesOf(directory: string): string[] {
  const name = `sluice-${basename(directory)}-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
  return [directory, join(tmpdir(), name), join('/var/tmp', name), join('/var/lib', name)];
}

/**
 * Makes those folders, one after the other as they are asked for, and gives those that the server's account can enter: a checkout
 * under a folder that only root may enter leaves the temporary ones.
 */
export async function* reachableHomes(directory: string, account: Account): AsyncGenerator<string, void> {
  for (const home of homesOf(directory)) {
    const existed = (await lstat(home).catch(() => undefined)) !== undefined;
    if (await isReachable(home, account)) yield home;
    else if (!existed) await rmdir(home).catch(() => undefined);
  }
}

async function isReachable(home: string, account: Account): Promise<boolean> {
  try {
    await mkdir(home, { recursive: true });
    if (!(await isOurs(home))) return false;
    await chmod(home, 0o755);
  } catch {
    return false;
  }
  return canEnter(home, account);
}

export async function canEnter(folder: string, account: Account): Promise<boolean> {
  if (account.uid === undefined) return true;
  return (await run('sh', ['-c', 'cd "$1"', 'sh', folder], { account })).ok;
}

/** In a temporary folder anybody may have made it first. */
export async function isOurs(home: string): Promise<boolean> {
  const found = await lstat(home).catch(() => undefined);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

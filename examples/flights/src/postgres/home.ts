import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, runAs } from './account.js';

/**
 * The folders that may hold the server's data and, where needed, a copy of its programs, those that its account can enter only.
 * The first choice is `directory` itself; a checkout under a folder that only root may enter leaves the temporary folders.
 */
export async function reachableHomes(directory: string, account: Account): Promise<string[]> {
  const name = `sluice-postgres-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
  const candidates = [directory, join(tmpdir(), name), join('/var/tmp', name), join('/var/lib', name)];
  const homes: string[] = [];
  for (const home of candidates) if (await isReachable(home, account)) homes.push(home);
  if (homes.length === 0) {
    throw new Error(
      `No folder for Postgres that its account can enter; tried ${candidates.join(', ')}. Set DATABASE_URL instead.`,
    );
  }
  return homes;
}

async function isReachable(home: string, account: Account): Promise<boolean> {
  try {
    await mkdir(home, { recursive: true });
    const found = await lstat(home);
    // In a temporary folder anybody may have made it first.
    if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) return false;
    await chmod(home, 0o755);
  } catch {
    return false;
  }
  return process.platform === 'win32' || runAs(account, 'sh', ['-c', 'cd "$1"', 'sh', home]).ok;
}

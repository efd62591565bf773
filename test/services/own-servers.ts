import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isRunning } from '../../examples/flights/src/postgres/server-process.js';
import { removeServer } from './embedded-postgres.js';
import { exclusive } from './exclusive.js';
import { servicesFolder } from './postgres.js';

/** A file for each, named for the run of tests and the server's folder. */
const list = join(servicesFolder, 'own-servers');

/** A folder for a server that lasts no longer than the run with this pid, even if no hook of its suite is ever called. */
export function ownServerFolder(run: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-own-'));
  mkdirSync(list, { recursive: true });
  writeFileSync(join(list, `${run} ${basename(folder)}`), folder);
  return folder;
}

/** Those of the run that ends now, and of runs that could not do it themselves. */
export async function removeOwnServers(run: number): Promise<void> {
  mkdirSync(list, { recursive: true });
  await exclusive(`${list}.lock`, async () => {
    for (const name of readdirSync(list)) {
      const owner = Number.parseInt(name, 10);
      if (owner !== run && isRunning(owner)) continue;
      await removeServer(readFileSync(join(list, name), 'utf8'));
      rmSync(join(list, name));
    }
  });
}

import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exclusive, isRunning, removeServer, servicesFolder } from '@sluice/services';

/** The folders of servers of single suites, each named for the run of tests that it belongs to. */
const parent = (): string => join(servicesFolder(), 'own-servers');

/** A folder for a server that lasts no longer than the run with this pid, even if no hook of its suite is ever called. */
export function ownServerFolder(run: number): string {
  mkdirSync(parent(), { recursive: true });
  return mkdtempSync(join(parent(), `${run}-`));
}

/** Those of the run that ends now, and of runs that could not do it themselves. */
export async function removeOwnServers(run: number): Promise<void> {
  mkdirSync(parent(), { recursive: true });
  await exclusive(`${parent()}.lock`, async () => {
    for (const name of readdirSync(parent())) {
      const owner = Number.parseInt(name, 10);
      if (owner === run || !isRunning(owner)) await removeServer(join(parent(), name));
    }
  });
}

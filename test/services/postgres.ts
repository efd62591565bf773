import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers } from '../../examples/flights/src/postgres/answers.js';
import { capabilities } from './capabilities.js';
import { dockerAnswers, dockerUrl, startWithDocker, stopDocker } from './docker-postgres.js';
import { provisionPostgres, runningServer, stopServer } from './embedded-postgres.js';
import { exclusive } from './exclusive.js';

/** Git-ignored: state files, data and logs of what was started here. */
export const servicesFolder = fileURLToPath(new URL('../../.services', import.meta.url));
const folder = join(servicesFolder, 'postgres');
const lock = join(servicesFolder, 'postgres.lock');
const startedByTests = join(servicesFolder, 'started-by-tests');

/** Somebody who asks for the server keeps it until told otherwise; what tests start, the last run of them stops. */
export type StartedFor = 'somebody' | 'tests';

export interface Postgres {
  readonly url: string;
  readonly from: 'environment' | 'running' | 'docker' | 'provisioned';
}

async function isCapable(url: string): Promise<boolean> {
  return (await answers(url)) && (await capabilities(url)).maxPreparedTransactions > 0;
}

async function alreadyRunning(): Promise<string | undefined> {
  for (const url of [(await runningServer(folder))?.url, dockerUrl(folder)]) {
    if (url !== undefined && (await isCapable(url))) return url;
  }
  return undefined;
}

/**
 * The endpoint of the environment, else one of ours that already runs, else Docker, else a server of our own. Callers in
 * parallel get the same one. A `DATABASE_URL` that does not answer is an error: whoever set it did not mean another database.
 */
export async function startPostgres(startedFor: StartedFor = 'somebody'): Promise<Postgres> {
  const given = process.env.DATABASE_URL;
  if (given) {
    await capabilities(given).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(`DATABASE_URL is set, but no PostgreSQL answers there (${cause.code ?? cause.name}).`);
    });
    return { url: given, from: 'environment' };
  }
  return exclusive(lock, async () => {
    if (startedFor === 'somebody') rmSync(startedByTests, { force: true });
    const running = await alreadyRunning();
    if (running !== undefined) return { url: running, from: 'running' };
    if (startedFor === 'tests') writeFileSync(startedByTests, '');
    const container = dockerAnswers() ? startWithDocker(folder) : undefined;
    if (container !== undefined && (await isCapable(container))) return { url: container, from: 'docker' };
    return { url: (await provisionPostgres({ folder })).url, from: 'provisioned' };
  });
}

export function stopPostgres(): Promise<void> {
  return stopPostgresIf(() => true);
}

/** Asks while nobody can start one. */
export async function stopPostgresIf(wanted: (startedFor: StartedFor) => boolean): Promise<void> {
  await exclusive(lock, async () => {
    if (!wanted(existsSync(startedByTests) ? 'tests' : 'somebody')) return;
    stopDocker(folder);
    const server = await runningServer(folder);
    if (server) await stopServer(server);
    rmSync(startedByTests, { force: true });
  });
}

export async function postgresStatus(): Promise<string | undefined> {
  const given = process.env.DATABASE_URL;
  if (given) return (await answers(given)) ? given : undefined;
  return alreadyRunning();
}

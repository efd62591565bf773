import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, capabilities } from './capabilities.js';
import { dockerAnswers, dockerUrl, startWithDocker, stopDocker } from './docker-postgres.js';
import { provisionPostgres, runningServer, stopServer } from './embedded-postgres.js';
import { exclusive } from './exclusive.js';

/** Git-ignored: state files, data and logs of what was started here. */
export const servicesFolder = fileURLToPath(new URL('../../.services', import.meta.url));
const folder = join(servicesFolder, 'postgres');

export interface Postgres {
  readonly url: string;
  readonly from: 'environment' | 'running' | 'docker' | 'provisioned';
}

async function isCapable(url: string): Promise<boolean> {
  return (await answers(url)) && (await capabilities(url)).maxPreparedTransactions > 0;
}

async function alreadyRunning(): Promise<string | undefined> {
  for (const url of [runningServer(folder)?.url, dockerUrl(folder)]) {
    if (url !== undefined && (await isCapable(url))) return url;
  }
  return undefined;
}

/**
 * The endpoint of the environment, else one of ours that already runs, else Docker, else a server of our own. Callers in
 * parallel get the same one. A `DATABASE_URL` that does not answer is an error: whoever set it did not mean another database.
 */
export async function startPostgres(): Promise<Postgres> {
  const given = process.env.DATABASE_URL;
  if (given) {
    await capabilities(given).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(`DATABASE_URL is set, but no PostgreSQL answers there (${cause.code ?? cause.name}).`);
    });
    return { url: given, from: 'environment' };
  }
  return exclusive(join(servicesFolder, 'postgres.lock'), async () => {
    const running = await alreadyRunning();
    if (running !== undefined) return { url: running, from: 'running' };
    const container = dockerAnswers() ? startWithDocker(folder) : undefined;
    if (container !== undefined && (await isCapable(container))) return { url: container, from: 'docker' };
    return { url: (await provisionPostgres({ folder })).url, from: 'provisioned' };
  });
}

export async function stopPostgres(): Promise<void> {
  await exclusive(join(servicesFolder, 'postgres.lock'), async () => {
    stopDocker(folder);
    const server = runningServer(folder);
    if (server) await stopServer(server);
  });
}

export async function postgresStatus(): Promise<string | undefined> {
  const given = process.env.DATABASE_URL;
  if (given) return (await answers(given)) ? given : undefined;
  return alreadyRunning();
}

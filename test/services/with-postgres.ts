import { afterAll, describe } from 'vitest';
import { type PostgresServer, provisionPostgres, removeServer } from './embedded-postgres.js';
import { ownServerFolder } from './own-servers.js';
import { startPostgres } from './postgres.js';
import { testRun } from './test-runs.js';

/** Of each test, in milliseconds: a real server shares the machine with everything else that is tested. */
const TIMEOUT = 30_000;

/**
 * A suite that needs a real server. Where none can be had it is skipped under a name that says why; with `REQUIRE_SERVICES` set, that is
 * a failure.
 */
export async function describeWithPostgres(name: string, tests: (url: string) => void): Promise<void> {
  const url = await unlessUnavailable(name, async () => (await startPostgres('tests')).url);
  if (url !== undefined) describe(name, { timeout: TIMEOUT }, () => tests(url));
}

/** A suite that kills its server, or needs it to be set otherwise: it has one of its own. */
export async function describeWithOwnPostgres(
  name: string,
  settings: Readonly<Record<string, string | number>>,
  tests: (server: OwnPostgres) => void,
): Promise<void> {
  const folder = ownServerFolder(testRun());
  const start = () => provisionPostgres({ folder, settings });
  let server = await unlessUnavailable(name, start);
  if (server === undefined) return;
  const { url } = server;
  describe(name, { timeout: TIMEOUT }, () => {
    afterAll(() => removeServer(folder));
    tests({
      url,
      current: () => server as PostgresServer,
      restart: async () => {
        server = await start();
        if (server.url !== url) throw new Error(`Another program has taken the port of ${name}.`);
      },
    });
  });
}

export interface OwnPostgres {
  readonly url: string;
  current(): PostgresServer;
  /** Starts it again, under the same URL, after it has been stopped or killed. */
  restart(): Promise<void>;
}

async function unlessUnavailable<R>(name: string, start: () => Promise<R>): Promise<R | undefined> {
  try {
    return await start();
  } catch (error) {
    if (process.env.REQUIRE_SERVICES) throw error;
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`SKIPPED, needs PostgreSQL: ${name}: ${why}\n`);
    describe.skip(`${name} (SKIPPED, needs PostgreSQL: ${why})`, (test) => void test);
    return undefined;
  }
}

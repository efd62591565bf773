import { type OwnServer, provision, type Settings, startShared } from '@sluice/services';
import { afterAll, describe } from 'vitest';
import { ownServerFolder } from './own-servers.js';
import { requiredServices } from './required.js';
import { noteSkipped } from './skipped.js';
import { testRun } from './test-run.js';

/** Of each test, in milliseconds: a real server shares the machine with everything else that is tested. */
const TIMEOUT = 30_000;

/** `describeWithService('postgres', …)` for suites that need the URL before their first test. */
export async function describeWithPostgres(name: string, tests: (url: string) => void): Promise<void> {
  const shared = await unlessUnavailable(name, () => startShared('postgres', 'while used'));
  if (shared !== undefined) describe(name, { timeout: TIMEOUT }, () => tests(shared.endpoint));
}

/** `describeWithOwnService('postgres', …)` for suites that need the URL before their first test. */
export async function describeWithOwnPostgres(
  name: string,
  settings: Settings,
  tests: (server: OwnPostgres) => void,
): Promise<void> {
  const server = await unlessUnavailable(name, () =>
    provision('postgres', { folder: ownServerFolder(testRun()), settings }),
  );
  if (server === undefined) return;
  describe(name, { timeout: TIMEOUT }, () => {
    afterAll(() => server.remove());
    tests({ url: server.endpoint, current: () => server, restart: () => server.start() });
  });
}

export interface OwnPostgres {
  readonly url: string;
  current(): OwnServer;
  /** Starts it again, under the same URL, after it has been stopped or killed. */
  restart(): Promise<void>;
}

async function unlessUnavailable<R>(name: string, start: () => Promise<R>): Promise<R | undefined> {
  try {
    return await start();
  } catch (error) {
    if (requiredServices().includes('postgres')) throw error;
    const why = error instanceof Error ? error.message : String(error);
    noteSkipped(testRun(), `SKIPPED, needs PostgreSQL: ${name}: ${why}`);
    describe.skip(`${name} (SKIPPED, needs PostgreSQL: ${why})`, (test) => void test);
    return undefined;
  }
}

import { type OwnServer, provision, type ServiceName, type Settings, services, startShared } from '@sluice/services';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { ownServerFolder } from './own-servers.js';
import { requiredServices } from './required.js';
import { noteSkipped } from './skipped.js';
import { testRun } from './test-run.js';

export type { OwnServer } from '@sluice/services';

/** Of each test, in milliseconds, only to end one that hangs: a real server shares the machine with everything else that is tested. */
const TIMEOUT = 120_000;
/** Of the hook that starts a server, which may have to be downloaded. */
const TO_START = 300_000;

/**
 * A suite that needs a real server, which it shares: it isolates itself by names of its own, and cleans up. Where none can be had its tests
 * are skipped with the reason; if `REQUIRE_SERVICES` names it, that is a failure.
 */
export function describeWithService(
  name: ServiceName,
  title: string,
  body: (endpoint: () => string) => Promise<void> | void,
): void {
  describe(title, { timeout: TIMEOUT }, () => {
    const shared = started(name, title, () => startShared(name, 'while used'));
    return body(() => shared().endpoint);
  });
}

export interface OwnServerOptions {
  /** In the server's own words: `server.properties`, redis.conf, elasticsearch.yml, postgresql.conf. `{port}`, `{port:1}`, … stand for its ports. */
  readonly settings?: Settings;
  /** Says by throwing that the server is not ready; for settings with which the usual probe cannot connect. */
  readonly probe?: (endpoint: string) => Promise<void>;
}

/** A suite that stops, kills or pauses its server, or needs it to be set otherwise: it has one of its own, on ports and data of its own. */
export function describeWithOwnService(
  name: ServiceName,
  title: string,
  body: (server: () => OwnServer) => Promise<void> | void,
  options: OwnServerOptions = {},
): void {
  describe(title, { timeout: TIMEOUT }, () => {
    const server = started(name, title, () => provision(name, { ...options, folder: ownServerFolder(testRun()) }));
    afterAll(async () => {
      // Where it could not be started the end of the run removes what is left.
      await server.ifStarted()?.remove();
    });
    return body(server);
  });
}

/** Starts it before the first test, and skips or fails all where that cannot be done. */
function started<S>(name: ServiceName, title: string, start: () => Promise<S>): { (): S; ifStarted(): S | undefined } {
  let server: S | undefined;
  let missing: string | undefined;
  beforeAll(async () => {
    try {
      server = await start();
    } catch (error) {
      if (requiredServices().includes(name)) throw error;
      missing = error instanceof Error ? error.message : String(error);
      noteSkipped(testRun(), `SKIPPED, needs ${services[name].title}: ${title}: ${missing}`);
    }
  }, TO_START);
  beforeEach((context) => {
    if (missing !== undefined) context.skip(`needs ${services[name].title}: ${missing}`);
  });
  return Object.assign(
    () => {
      if (server === undefined) throw new Error(`${services[name].title} is there only inside tests and hooks.`);
      return server;
    },
    { ifStarted: () => server },
  );
}

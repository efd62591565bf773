import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, provisionPostgres, removeServer, stopServer } from '../../services/embedded-postgres.js';
import type { OwnServer, Servers } from '../rows/chaos-row.js';

/** The shared server, and on demand one that is only there to be harmed. */
export class ChaosServers implements Servers {
  #folder: string | undefined;
  #own: Promise<OwnServer> | undefined;

  constructor(readonly url: string) {}

  own(): Promise<OwnServer> {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'sluice-chaos-server-'));
    this.#own ??= ownServer(this.#folder);
    return this.#own;
  }

  async close(): Promise<void> {
    if (this.#folder === undefined) return;
    await removeServer(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function ownServer(folder: string): Promise<OwnServer> {
  const launch = (slots: number): Promise<PostgresServer> =>
    provisionPostgres({ folder, settings: { max_prepared_transactions: slots } });
  let server = await launch(64);
  return {
    url: server.url,
    stop: (how) => stopServer(server, how),
    start: async (slots) => {
      server = await launch(slots);
    },
  };
}

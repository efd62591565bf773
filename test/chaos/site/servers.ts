import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision, removeServer } from '@sluice/services';
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
  const server = await provision('postgres', { folder });
  return {
    url: server.endpoint,
    stop: (how) => server.stop(how),
    start: (slots) => server.start({ max_prepared_transactions: slots }),
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnServer, provision, type ServiceName, type Settings, startShared } from '@sluice/services';
import type { Servers } from '../rows/chaos-row.js';

/** The shared servers, and on demand some that are only there to be harmed. */
export class ChaosServers implements Servers {
  readonly #shared = new Map<ServiceName, Promise<string>>();
  readonly #own = new Map<string, Promise<OwnServer>>();

  endpoint(service: ServiceName): Promise<string> {
    let endpoint = this.#shared.get(service);
    if (endpoint === undefined) {
      endpoint = startShared(service, 'until stopped').then((found) => found.endpoint);
      this.#shared.set(service, endpoint);
    }
    return endpoint;
  }

  own(service: ServiceName, settings: Settings = {}): Promise<OwnServer> {
    const which = JSON.stringify([service, settings]);
    let server = this.#own.get(which);
    if (server === undefined) {
      server = provision(service, { folder: mkdtempSync(join(tmpdir(), `sluice-chaos-${service}-`)), settings });
      this.#own.set(which, server);
    }
    return server;
  }

  async close(): Promise<void> {
    const servers = await Promise.allSettled(this.#own.values());
    for (const server of servers) {
      if (server.status !== 'fulfilled') continue;
      await server.value.remove();
      rmSync(server.value.home, { recursive: true, force: true });
    }
  }
}

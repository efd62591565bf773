import {
  enter,
  type OwnServer,
  provision,
  type ServiceName,
  type Settings,
  startShared,
  stopUsing,
} from '@sluice/services';
import { ownServerFolder, removeOwnServers } from '../../services/own-servers.js';
import type { Servers } from '../rows/chaos-row.js';

/** The shared servers, and on demand some that are only there to be harmed. */
export class ChaosServers implements Servers {
  readonly #shared = new Map<ServiceName, Promise<string>>();
  readonly #own = new Map<string, Promise<OwnServer>>();

  endpoint(service: ServiceName): Promise<string> {
    let endpoint = this.#shared.get(service);
    if (endpoint === undefined) {
      enter();
      endpoint = startShared(service, 'while used').then((found) => found.endpoint);
      this.#shared.set(service, endpoint);
    }
    return endpoint;
  }

  own(service: ServiceName, settings: Settings = {}): Promise<OwnServer> {
    const which = JSON.stringify([service, settings]);
    let server = this.#own.get(which);
    if (server === undefined) {
      server = provision(service, { folder: ownServerFolder(process.pid), settings });
      this.#own.set(which, server);
    }
    return server;
  }

  async close(): Promise<void> {
    const servers = await Promise.allSettled(this.#own.values());
    for (const server of servers) if (server.status === 'fulfilled') await server.value.remove();
    await stopUsing();
  }

  /** What runs have left that were killed before they could close. To be called before there is one of ours. */
  static removeOrphans(): Promise<void> {
    return removeOwnServers(process.pid);
  }
}

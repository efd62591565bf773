import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServer, provision } from '../server/provision.js';
import type { ServiceName } from '../service.js';
import { services } from '../services.js';
import { dockerAnswers, startWithDocker, stopDocker } from './docker.js';
import { exclusive } from './exclusive.js';
import { alreadyRunning, given } from './find.js';
import { folderOf, servicesFolder } from './folder.js';
import { anybodyLeft } from './users.js';

/** How long what is started stays: until somebody stops it, or until the last process that uses it has gone. */
export type Stay = 'until stopped' | 'while used';

export interface Endpoint {
  readonly endpoint: string;
  readonly from: 'environment' | 'running' | 'docker' | 'provisioned';
}

const lockOf = (name: ServiceName): string => join(servicesFolder(), `${name}.lock`);
const whileUsed = (name: ServiceName): string => join(folderOf(name), 'while-used');

/** Callers in parallel get the same one. */
export async function startShared(name: ServiceName, stay: Stay): Promise<Endpoint> {
  const service = services[name];
  const endpoint = await given(service);
  if (endpoint !== undefined) return { endpoint, from: 'environment' };
  return exclusive(lockOf(name), async () => {
    if (stay === 'until stopped') rmSync(whileUsed(name), { force: true });
    const running = await alreadyRunning(service);
    if (running !== undefined) return { endpoint: running, from: 'running' };
    mkdirSync(folderOf(name), { recursive: true });
    if (stay === 'while used') writeFileSync(whileUsed(name), '');
    const container = (await dockerAnswers()) ? await startWithDocker(service) : undefined;
    if (container !== undefined) {
      await service.probe(container);
      return { endpoint: container, from: 'docker' };
    }
    const server = await provision(name, { folder: folderOf(name) });
    await service.probe(server.endpoint);
    return { endpoint: server.endpoint, from: 'provisioned' };
  });
}

/** Stops what was started here, and nothing else; answers whether there was anything. */
export function stopShared(name: ServiceName): Promise<boolean> {
  return exclusive(lockOf(name), () => stop(name));
}

/** Stops what was started to stay while it is used, once no process uses it. */
export async function stopUnused(name: ServiceName): Promise<void> {
  if (!existsSync(whileUsed(name)) || anybodyLeft()) return;
  await exclusive(lockOf(name), async () => {
    if (existsSync(whileUsed(name)) && !anybodyLeft()) await stop(name);
  });
}

async function stop(name: ServiceName): Promise<boolean> {
  const contained = await stopDocker(name);
  const server = await findServer(folderOf(name));
  await server?.stop();
  rmSync(whileUsed(name), { force: true });
  return contained || server !== undefined;
}

import { findServer } from '../server/provision.js';
import type { Service } from '../service.js';
import { dockerEndpoint } from './docker.js';
import { folderOf } from './folder.js';

/** The endpoint that the environment names. Whoever set it did not mean another server, so one that is no use is an error. */
export async function given({ variable, probe }: Service): Promise<string | undefined> {
  const endpoint = process.env[variable];
  if (!endpoint) return undefined;
  try {
    await probe(endpoint);
  } catch (cause) {
    throw new Error(`${variable} is set, but ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
  return endpoint;
}

/** The endpoint of one that was started here, or that somebody runs at the usual port, if it can do what tests need. */
export async function alreadyRunning({ name, probe, localEndpoints }: Service): Promise<string | undefined> {
  const ours = (await findServer(folderOf(name)))?.endpoint;
  for (const endpoint of [ours, dockerEndpoint(name), ...localEndpoints]) {
    if (endpoint === undefined) continue;
    const works = await probe(endpoint).then(
      () => true,
      () => false,
    );
    if (works) return endpoint;
  }
  return undefined;
}

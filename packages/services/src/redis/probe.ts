import { Redis } from 'ioredis';

/** The first version with the stream commands and the TLS that the connector uses. */
const OLDEST = 6;

export async function probeRedis(endpoint: string): Promise<void> {
  const client = new Redis(endpoint, {
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 10_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  let info: string;
  try {
    await client.connect();
    await client.ping();
    info = await client.info();
  } catch (cause) {
    throw new Error('no Redis answers there', { cause });
  } finally {
    // One that has no connection would keep the process for 2 s.
    if (client.status !== 'end') client.disconnect();
  }
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  if (Number.parseInt(field('redis_version'), 10) < OLDEST) {
    throw new Error(`the Redis there has version ${field('redis_version')}, and ${OLDEST} or newer is needed`);
  }
  if (field('loading') === '1') throw new Error('the Redis there is loading its data');
  if (field('role') !== 'master') throw new Error('the Redis there is a replica, which takes no writes');
}

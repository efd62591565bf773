import { Redis } from 'ioredis';
import { endpointOf, type Place } from './sides.js';

export async function withRedis<R>(place: Place, use: (redis: Redis) => Promise<R>): Promise<R> {
  const redis = new Redis(endpointOf(place, 'redis'), { retryStrategy: () => 20 });
  // It connects again; without a listener the driver prints it.
  redis.on('error', () => {});
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

export async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...found];
}

export async function removeKeys(place: Place): Promise<void> {
  await withRedis(place, async (redis) => {
    const keys = await keysUnder(redis, place.name);
    if (keys.length > 0) await redis.unlink(...keys);
  });
}

import { redisHashSink } from '@sluice/redis';
import { keysUnder, removeKeys, withRedis } from './redis-client.js';
import { endpointOf, type Running, type SinkSide } from './sides.js';

export const redisSinkSide: SinkSide = {
  needs: ['redis'],
  judged: () => 'latest',
  prepare: async () => {},
  create: (place) =>
    redisHashSink<Running>({
      url: endpointOf(place, 'redis'),
      prefix: `${place.name}:`,
      key: ({ key }) => `out:${key}`,
      fields: ({ value }) => ({ id: value.id, nth: value.nth, total: value.total }),
    }),
  readBack: (place) =>
    withRedis(place, async (redis) => {
      const prefix = `${place.name}:out:`;
      const keys = await keysUnder(redis, prefix);
      const rows = await Promise.all(keys.map((key) => redis.hgetall(key)));
      return rows.map(({ id, nth, total }, index) => ({
        account: (keys[index] ?? '').slice(prefix.length),
        id: Number(id),
        nth: Number(nth),
        total: Number(total),
      }));
    }),
  remove: removeKeys,
};

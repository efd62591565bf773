// Which line of the list of bad input is shown where: see mended-job.ts.
import { redisHashSink } from '@sluice/redis';
import { expect, test } from 'vitest';
import { RedisHarness } from '../redis/redis-harness.js';
import { describeWithOwnService } from '../services/with-service.js';
import { type BadInput, failsClearlyAndGoesOn, writingJob } from './mended-job.js';

describeWithOwnService('redis', 'bad input: Redis', (server) => {
  const harness = new RedisHarness(() => server().endpoint);

  interface RedisBadInput extends BadInput {
    readonly url?: () => string;
  }
  const asUser = (name: string): string => server().endpoint.replace('redis://', `redis://${name}:secret-of-it@`);
  const acl = (...words: string[]) =>
    harness.redis.call('ACL', 'SETUSER', 'limited', 'on', '>secret-of-it', '~*', ...words);

  const cases: readonly RedisBadInput[] = [
    {
      what: 'an unreachable server',
      code: 'SLUICE_REDIS_UNREACHABLE',
      remedy: 'start the server',
      url: () => 'redis://127.0.0.1:1',
    },
    {
      what: 'a missing privilege',
      code: 'SLUICE_REDIS_AUTH',
      remedy: '+@write',
      url: () => asUser('limited'),
      harm: () => acl('+@read', '+info', '+@connection'),
    },
    {
      what: 'a server that is a replica',
      code: 'SLUICE_REDIS_READ_ONLY',
      remedy: 'master',
      harm: () => harness.redis.replicaof('127.0.0.1', '1'),
      mend: () => harness.redis.replicaof('NO', 'ONE'),
    },
    {
      what: 'a key of another type',
      code: 'SLUICE_REDIS_REFUSED',
      remedy: 'rejected',
      harm: () => harness.redis.rpush(keyOf('a key of another type', 77), 'a list'),
      mend: () => harness.redis.del(keyOf('a key of another type', 77)),
    },
    {
      what: 'memory that is used up',
      code: 'SLUICE_REDIS_UNAVAILABLE',
      remedy: 'bring the server back',
      harm: () => harness.redis.config('SET', 'maxmemory', '1mb'),
      mend: () => harness.redis.config('SET', 'maxmemory', '0'),
    },
  ];
  const keyOf = (what: string, n: number | string): string => `${harness.prefix}${what}:${n}`;

  test.each(cases.map((each) => [each.what, each.code, each] as const))('%s: %s', async (what, _code, bad) => {
    const sink = (harmed: boolean) =>
      redisHashSink<number>({
        url: (harmed ? bad.url?.() : undefined) ?? server().endpoint,
        prefix: harness.prefix,
        key: (n) => `${what}:${n}`,
        fields: (n) => ({ n }),
        retryTimeout: 300,
      });
    const read = async () => {
      const keys = (await harness.keys()).filter((key) => key.startsWith(keyOf(what, '')));
      const found: number[] = [];
      for (const key of keys) {
        if ((await harness.redis.type(key)) === 'hash') found.push(Number(await harness.redis.hget(key, 'n')));
      }
      return found;
    };
    await failsClearlyAndGoesOn(writingJob(`${harness.prefix}${what}`, sink, read), bad);
    expect(await harness.redis.hget(keyOf(what, 99), 'n')).toBe('99');
  });
});

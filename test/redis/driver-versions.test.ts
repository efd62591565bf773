import { redisHashSink, redisStreamSource, redisStringSink } from '@sluice/redis';
import { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { RedisHarness, recordingContext } from './redis-harness.js';

// Everything that this file imports gets the older one of the two versions that the connector allows.
vi.mock('ioredis', () => import('ioredis5'));

describeWithOwnService('redis', 'with ioredis 5', (server) => {
  const harness = new RedisHarness(() => server().endpoint);

  test('it is ioredis 5', async () => {
    const { Redis: older } = await import('ioredis5');
    expect(Redis).toBe(older);
  });

  test('writes, rejects, and survives what the newer one does', async () => {
    const sink = redisStringSink<number>({
      ...harness.options,
      key: (n) => (n < 0 ? 'taken' : `k${n % 100}`),
      value: (n) => n,
    });
    await harness.redis.rpush(`${harness.prefix}taken`, 'item');
    const run = await harness.run(sink, 1);
    const numbers = Array.from({ length: 400 }, (_, n) => n);
    await run.write(...numbers, -1);
    await run.flush();
    expect(run.rejected).toEqual([{ value: -1, code: 'SLUICE_REDIS_REFUSED' }]);
    for (let round = 1; round <= 5; round++) {
      await run.write(...numbers.map((n) => n + 1000 * round));
      const flushed = run.flush();
      await harness.redis.script('FLUSH');
      await harness.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await flushed;
      expect(await harness.redis.get(`${harness.prefix}k7`)).toBe(String(307 + 1000 * round));
    }
    const last = run.write(...numbers.map((n) => n + 9000)).then(() => run.flush());
    await server().stop('kill');
    await server().start();
    await last;
    await expect.poll(() => harness.redis.status).toBe('ready');
    expect(await harness.redis.get(`${harness.prefix}k99`)).toBe('9399');
    await run.close();
  });

  test('zombies are shut out, logins are told', async () => {
    const sink = (url: string) =>
      redisHashSink<number>({ ...harness.options, url, key: () => 'h', fields: (n) => ({ n }) });
    const zombie = await harness.run(sink(harness.url), 1);
    const next = await harness.run(sink(harness.url), 2);
    await zombie.write(1);
    await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await zombie.close();
    await next.close();
    const wrong = harness.run(sink(harness.url.replace('redis://', 'redis://nobody:none@')), 3);
    await expect(wrong).rejects.toMatchObject({ code: 'SLUICE_REDIS_AUTH' });
  });

  test('streams are read', async () => {
    await harness.redis.xadd(`${harness.prefix}s`, '5-1', 'n', '5');
    const source = redisStreamSource({
      url: harness.url,
      streams: `${harness.prefix}s`,
      bounded: 'latest',
      value: ({ fields }) => Number(fields.n),
    });
    const { signal } = new AbortController();
    const reader = await source.open(recordingContext({}).context);
    const read: number[] = [];
    for (const split of await source.discover(signal)) {
      for await (const batch of reader.read(split, undefined, signal)) read.push(...Array.from(batch.values));
    }
    await reader.close();
    expect(read).toEqual([5]);
  });
});

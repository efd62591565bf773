import { setTimeout as sleep } from 'node:timers/promises';
import { redisHashSink, redisStreamSink, redisStringSink } from '@sluice/redis';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { RedisHarness } from './redis-harness.js';

interface Row {
  readonly id: number;
  readonly n: number;
}

/** So many that a batch is many calls of the script. */
const rows = (n: number, count = 2_000): Row[] => Array.from({ length: count }, (_, id) => ({ id, n }));

describeWithOwnService('redis', 'redis sinks on a server that fails', (server) => {
  const harness = new RedisHarness(() => server().endpoint);
  const sink = (name: string, more = {}) =>
    redisStringSink<Row>({
      ...harness.options,
      key: ({ id }) => `${name}:${id}`,
      value: ({ n }) => n,
      maxBatchCount: 500,
      ...more,
    });
  const values = async (name: string, count = 2_000) =>
    new Set(await harness.redis.mget(...rows(0, count).map(({ id }) => `${harness.prefix}${name}:${id}`)));

  /** Does something again and again while the action is under way. */
  const during = async (disturb: () => Promise<unknown>, action: () => Promise<void>) => {
    let going = true;
    const disturbing = (async () => {
      while (going) await disturb();
    })();
    try {
      await action();
    } finally {
      going = false;
      await disturbing;
    }
  };
  /** Starts to flush, and ends the connection meanwhile: sooner or later, so that every part of the way is hit. */
  const flushKilled = async (flush: () => Promise<void>, after: number) => {
    const flushed = flush();
    if (after > 0) await sleep(after);
    await harness.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await flushed;
  };

  test('NOSCRIPT: scripts that are flushed again and again are sent again', async () => {
    const run = await harness.run(sink('noscript'), 1);
    await during(
      () => harness.redis.script('FLUSH'),
      async () => {
        for (let n = 1; n <= 5; n++) {
          await run.write(...rows(n));
          await run.flush();
        }
      },
    );
    expect(await values('noscript')).toEqual(new Set(['5']));
    expect(run.rejected).toEqual([]);
    await run.close();
  });

  test('connections that are killed in the middle of pipelines lose nothing', async () => {
    const run = await harness.run(sink('killed'), 1);
    for (let n = 1; n <= 20; n++) {
      await run.write(...rows(n, 499));
      await flushKilled(run.flush, n % 5);
      expect(await values('killed', 499)).toEqual(new Set([String(n)]));
    }
    expect(run.counted.get('sluice_redis_retries_total')).toBeGreaterThan(0);
    expect(run.rejected).toEqual([]);
    await run.close();
  });

  test('entries of a stream are there once and in order, though connections are killed', async () => {
    const stream = redisStreamSink<number>({
      ...harness.options,
      key: (n) => `stream ${n % 3}`,
      id: (n) => `${n + 1}`,
      fields: (n) => ({ n }),
      maxBatchCount: 500,
    });
    const run = await harness.run(stream, 1);
    const numbers = Array.from({ length: 4_000 }, (_, n) => n);
    for (let from = 0; from < numbers.length; from += 200) {
      await run.write(...numbers.slice(from, from + 200));
      await flushKilled(run.flush, (from / 200) % 4);
    }
    for (const which of [0, 1, 2]) {
      const entries = await harness.redis.xrange(`${harness.prefix}stream ${which}`, '-', '+');
      expect(entries.map(([, [, n]]) => Number(n))).toEqual(numbers.filter((n) => n % 3 === which));
    }
    expect(run.rejected).toEqual([]);
    await run.close();
  });

  test('kill -9 and a restart: what was flushed is there, what was on its way is written after it', async () => {
    const run = await harness.run(sink('restarted'), 1);
    await run.write(...rows(1));
    await run.flush();
    await run.write(...rows(2, 1_000));
    const flushed = run.flush();
    await server().stop('kill');
    const later = run.write(...rows(3, 500)).then(() => run.flush());
    await server().start();
    await flushed;
    await later;
    await expect.poll(() => harness.redis.status).toBe('ready');
    expect(await values('restarted', 500)).toEqual(new Set(['3']));
    expect(await values('restarted', 1_000)).toEqual(new Set(['3', '2']));
    expect(await values('restarted')).toEqual(new Set(['3', '2', '1']));
    await run.close();
  });

  test('READONLY: a master that becomes a replica is waited for, and the same versions are written then', async () => {
    const run = await harness.run(sink('replica'), 1);
    await run.write(...rows(1, 400));
    await run.flush();
    await harness.redis.replicaof('127.0.0.1', '1');
    await run.write(...rows(2, 400));
    const flushed = run.flush();
    await expect.poll(() => run.counted.get('sluice_redis_retries_total') ?? 0).toBeGreaterThan(1);
    expect(await values('replica', 400)).toEqual(new Set(['1']));
    await harness.redis.replicaof('NO', 'ONE');
    await flushed;
    expect(await values('replica', 400)).toEqual(new Set(['2']));
    await run.close();
  });

  test('a replica is refused before anything starts', async () => {
    await harness.redis.replicaof('127.0.0.1', '1');
    try {
      await expect(harness.run(sink('never'), 1)).rejects.toMatchObject({
        code: 'SLUICE_REDIS_READ_ONLY',
        transient: true,
      });
    } finally {
      await harness.redis.replicaof('NO', 'ONE');
    }
  });

  test('a server that hangs fails the flush in the end, as something that may pass', async () => {
    const run = await harness.run(sink('hanging', { commandTimeout: 200, retryTimeout: 500 }), 1);
    server().pause();
    try {
      await run.write(...rows(1, 10));
      await expect(run.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNAVAILABLE', transient: true });
      await run.close();
    } finally {
      server().resume();
    }
  });

  test('a server that hangs does not keep a run from ending', async () => {
    const run = await harness.run(sink('ending'), 1);
    server().pause();
    try {
      await run.write(...rows(1, 10));
      const flushed = run.flush().catch(() => {});
      await sleep(50);
      await run.close();
      await flushed;
    } finally {
      server().resume();
    }
  });

  test('an aborted run ends at once', async () => {
    const ended = new AbortController();
    const run = await harness.run(sink('aborted'), 1, { signal: ended.signal });
    server().pause();
    try {
      await run.write(...rows(1, 10));
      const flushed = run.flush();
      ended.abort(new Error('over'));
      await expect(flushed).rejects.toMatchObject({ code: 'SLUICE_BATCH_CLOSED' });
      await run.close();
    } finally {
      server().resume();
    }
  });

  test('OOM: memory that is used up is waited for', async () => {
    const run = await harness.run(sink('full'), 1);
    await harness.redis.config('SET', 'maxmemory', '1mb');
    await run.write(...rows(1, 100));
    const flushed = run.flush();
    await expect.poll(() => run.counted.get('sluice_redis_retries_total') ?? 0).toBeGreaterThan(0);
    await harness.redis.config('SET', 'maxmemory', '0');
    await flushed;
    expect(await values('full', 100)).toEqual(new Set(['1']));
    await run.close();
  });

  describe('logins', () => {
    const secret = 'S3cret-hunter2';
    const withLogin = (user: string, password: string) =>
      server().endpoint.replace('redis://', `redis://${user}:${encodeURIComponent(password)}@`);
    const sinkOf = (url: string) =>
      redisHashSink<Row>({ url, prefix: harness.prefix, key: ({ id }) => `login ${id}`, fields: ({ n }) => ({ n }) });

    test('a wrong password and a missing permission are told before anything starts', async () => {
      await harness.redis.call('ACL', 'SETUSER', 'reader', 'on', `>${secret}`, '~*', '+@read', '+info', '+@connection');
      const refused = { code: 'SLUICE_REDIS_AUTH', transient: false };
      await expect(harness.run(sinkOf(withLogin('reader', 'wrong')), 1)).rejects.toMatchObject(refused);
      await expect(harness.run(sinkOf(withLogin('reader', secret)), 1)).rejects.toMatchObject(refused);
    });

    test('the permissions that the error names are enough', async () => {
      const acl = ['+@read', '+@write', '+@scripting', '+@connection', '+info', '+time'];
      await harness.redis.call('ACL', 'SETUSER', 'writer', 'on', `>${secret}`, `~${harness.prefix}*`, ...acl);
      const url = withLogin('writer', secret);
      const run = await harness.wrote(sinkOf(url), 1, { id: 1, n: 1 });
      const paired = sink('paired', { url });
      await expect(harness.run(paired, 2)).rejects.toMatchObject({ code: 'SLUICE_REDIS_AUTH' });
      await harness.redis.call('ACL', 'SETUSER', 'writer', `~{${harness.prefix}*`);
      await harness.wrote(paired, 3, { id: 1, n: 1 });
      expect(await harness.redis.get(`${harness.prefix}paired:1`)).toBe('1');
      expect(run.rejected).toEqual([]);
      expect(await harness.redis.hget(`${harness.prefix}login 1`, 'n')).toBe('1');
    });

    test('a login that is taken away while the job runs fails it soon, and for good', async () => {
      await harness.redis.call('ACL', 'SETUSER', 'leaver', 'on', `>${secret}`, '~*', '+@all');
      const run = await harness.run(sinkOf(withLogin('leaver', secret)), 1);
      await harness.redis.call('ACL', 'DELUSER', 'leaver');
      await run.write({ id: 2, n: 1 });
      await expect(run.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_AUTH' });
      await run.close();
    });

    test('neither password nor values are in an error, a log or an event', async () => {
      const value = 'the-payload';
      const told: unknown[] = [];
      const sink = (url: string, more = {}) =>
        redisStringSink<string>({
          url,
          prefix: harness.prefix,
          key: (text) => text,
          value: (text) => text,
          commandTimeout: 200,
          retryTimeout: 300,
          ...more,
        });
      const attempt = async (url: string, fault: () => Promise<unknown>, repair: () => Promise<unknown>) => {
        const run = await harness.run(sink(url), told.length + 1).catch((error) => void told.push(error));
        if (run === undefined) return;
        await fault();
        try {
          await run.write(value);
          await run.flush().catch((error) => told.push(error));
          told.push(...run.rejected.map(({ code }) => code), ...run.logged);
        } finally {
          await repair();
          await run.close();
        }
      };
      const nothing = async () => {};
      await harness.redis.call('ACL', 'SETUSER', 'teller', 'on', `>${secret}`, '~*', '+@all');
      const url = withLogin('teller', secret);
      await attempt(withLogin('teller', `${secret}x`), nothing, nothing);
      await attempt(url.replace(/:\d+$/, ':1'), nothing, nothing);
      await attempt(
        url,
        async () => server().pause(),
        async () => server().resume(),
      );
      const key = `${harness.prefix}${value}`;
      await harness.redis.del(key);
      await attempt(
        url,
        () => harness.redis.hset(key, 'a', 'b'),
        () => harness.redis.del(key),
      );
      await attempt(
        url,
        () => harness.redis.replicaof('127.0.0.1', '1'),
        () => harness.redis.replicaof('NO', 'ONE'),
      );
      await attempt(url, () => harness.redis.call('ACL', 'DELUSER', 'teller'), nothing);
      expect(told.length).toBeGreaterThanOrEqual(6);
      for (const error of told) {
        const shown = deepText(error);
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(value);
      }
      expect(() => redisStringSink({ url: `http://u:${secret}@host`, key: String, value: String })).toThrowError(
        expect.not.stringContaining(secret),
      );
    });
  });

  test('nobody listening is told before anything starts', async () => {
    const nowhere = sink('never', { url: 'redis://127.0.0.1:1' });
    await expect(harness.run(nowhere, 1)).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNREACHABLE', transient: true });
  });

  test('a server that takes the connection and says nothing is told in time', async () => {
    server().pause();
    try {
      const silent = harness.run(sink('never', { connectTimeout: 200 }), 1);
      await expect(silent).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNREACHABLE' });
    } finally {
      server().resume();
    }
  });

  test('connections are given back', async () => {
    const count = async () => ((await harness.redis.client('LIST')) as string).trim().split('\n').length;
    const probe = new Redis(server().endpoint);
    await probe.ping();
    probe.disconnect();
    await expect.poll(count).toBe(1);
    const run = await harness.run(sink('counted'), 1);
    expect(await count()).toBe(2);
    await run.close();
    await run.close();
    await expect.poll(count).toBe(1);
  });
});

/** Everything that could be printed of it: own and hidden properties, causes. */
function deepText(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  const parts = Object.getOwnPropertyNames(value).map((name) => {
    return `${name}: ${deepText((value as Record<string, unknown>)[name], seen)}`;
  });
  return `${String(value)} ${JSON.stringify(value)} ${parts.join(' ')}`;
}

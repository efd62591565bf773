import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  redisHashSink,
  redisListSink,
  redisSortedSetSink,
  redisStreamSink,
  redisStreamSource,
  redisStringSink,
} from '@sluice/redis';
import { type OwnServer, provision } from '@sluice/services';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownServerFolder } from '../services/own-servers.js';
import { testRun } from '../services/test-run.js';
import { describeWithService } from '../services/with-service.js';
import { RedisHarness, recordingContext } from './redis-harness.js';

interface Row {
  readonly id: string;
  readonly n: number | null;
}

const SLOTS = 16_384;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** The shared server tells only whether Redis can be had here; the cluster is the test's own. */
describeWithService('redis', 'redis sinks in a cluster', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const nodes: OwnServer[] = [];
  const admins: Redis[] = [];
  let cluster: Cluster;

  const node = (index: number): { readonly server: OwnServer; readonly redis: Redis; readonly port: number } => {
    const [server, redis] = [nodes[index], admins[index]];
    if (server === undefined || redis === undefined) throw new Error('there are three nodes');
    return { server, redis, port: Number(new URL(server.endpoint).port) };
  };

  beforeAll(async () => {
    for (let index = 0; index < 3; index++) {
      const settings = { 'cluster-enabled': 'yes', 'cluster-port': await freePort(), 'cluster-node-timeout': 2000 };
      const server = await provision('redis', { folder: ownServerFolder(testRun()), settings });
      nodes.push(server);
      const redis = new Redis(server.endpoint, { retryStrategy: () => 50 });
      redis.on('error', () => {});
      admins.push(redis);
      const from = Math.floor((SLOTS * index) / 3);
      await redis.cluster('ADDSLOTSRANGE', from, Math.floor((SLOTS * (index + 1)) / 3) - 1);
      await redis.cluster('SET-CONFIG-EPOCH', index + 1);
      const bus = settings['cluster-port'];
      if (index > 0) await node(0).redis.call('CLUSTER', 'MEET', '127.0.0.1', node(index).port, bus);
    }
    for (const redis of admins) {
      for (
        let info = '';
        !/cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(info);
        info = String(await redis.cluster('INFO'))
      ) {
        await sleep(20);
      }
    }
    cluster = new Cluster([{ host: '127.0.0.1', port: node(0).port }]);
    await cluster.ping();
  }, 120_000);

  afterAll(async () => {
    cluster?.disconnect();
    for (const redis of admins) redis.disconnect();
    for (const server of nodes) await server.remove();
  });

  const options = () => ({ cluster: { nodes: [{ host: '127.0.0.1', port: node(0).port }] }, prefix: 'c:' });
  const hash = () =>
    redisHashSink<Row>({ ...options(), key: ({ id }) => id, fields: ({ n }) => (n === null ? null : { n }) });
  const text = (more = {}) =>
    redisStringSink<Row>({ ...options(), key: ({ id }) => id, value: ({ n }) => n, maxBatchCount: 200, ...more });
  const rows = (name: string, n: number, count = 150): Row[] =>
    Array.from({ length: count }, (_, i) => ({ id: `${name}:${i}`, n }));

  test('keys and what belongs to them lie in one slot, all over the cluster', async () => {
    const run = await harness.wrote(text(), 1, ...rows('spread', 1), { id: 'a{tag}b', n: 2 }, { id: '{', n: 3 });
    expect(run.rejected).toEqual([]);
    for (const { id, n } of [...rows('spread', 1), { id: 'a{tag}b', n: 2 }, { id: '{', n: 3 }]) {
      expect(await cluster.get(`c:${id}`)).toBe(String(n));
    }
    for (const redis of admins) expect(await redis.dbsize()).toBeGreaterThan(10);
    const board = redisSortedSetSink<Row>({
      ...options(),
      key: ({ n }) => `board ${n}`,
      member: ({ id }) => id,
      score: ({ n }) => n,
    });
    await harness.wrote(board, 2, ...[1, 2, 3, 4].flatMap((n) => rows('m', n, 5)));
    for (const n of [1, 2, 3, 4]) expect(await cluster.zcard(`c:board ${n}`)).toBe(5);
    const list = redisListSink<Row>({ ...options(), key: ({ id }) => id, items: ({ n }) => [n ?? 0, 'x'] });
    await harness.wrote(list, 3, ...rows('list', 1, 20));
    expect(await cluster.lrange('c:list:7', 0, -1)).toEqual(['1', 'x']);
  });

  test('a key whose version could not lie in its slot is rejected', async () => {
    const run = await harness.wrote(text(), 1, { id: 'a}b', n: 1 }, { id: 'a{}b', n: 1 }, { id: 'fine', n: 1 });
    expect(run.rejected.map(({ value, code }) => [value.id, code])).toEqual([
      ['a}b', 'SLUICE_REDIS_VALUE'],
      ['a{}b', 'SLUICE_REDIS_VALUE'],
    ]);
    expect((await harness.wrote(hash(), 2, { id: 'h}b', n: 1 })).rejected).toEqual([]);
  });

  test('`url` to a node of a cluster and `cluster` to a single server are refused', async () => {
    const refused = { code: 'SLUICE_REDIS_CLUSTER' };
    const single = redisStringSink<Row>({ url: node(0).server.endpoint, key: ({ id }) => id, value: ({ n }) => n });
    await expect(harness.run(single, 1)).rejects.toMatchObject(refused);
    const { hostname, port } = new URL(harness.url);
    const none = text({ cluster: { nodes: [{ host: hostname, port: Number(port) }] } });
    await expect(harness.run(none, 1)).rejects.toMatchObject(refused);
  });

  test('a zombie stops before its next batch, and loses the keys of one that is on its way', async () => {
    const zombie = await harness.run(hash(), 1);
    const next = await harness.run(hash(), 2);
    await next.write({ id: 'zombie', n: 2 });
    await next.flush();
    await zombie.write({ id: 'zombie', n: 1 }, { id: 'other', n: 1 });
    await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    expect(await cluster.hget('c:zombie', 'n')).toBe('2');
    expect(await cluster.exists('c:other')).toBe(0);
    await zombie.close();
    const late = await harness.run(hash(), 3);
    const last = await harness.run(hash(), 4);
    await last.write({ id: 'zombie', n: 4 });
    await last.flush();
    await cluster.del('c:sluice:fences');
    await late.write({ id: 'zombie', n: 3 });
    await expect(late.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_KEY_SHARED' });
    expect(await cluster.hget('c:zombie', 'n')).toBe('4');
    for (const run of [next, late, last]) await run.close();
  });

  test('a slot is moved meanwhile: ASK, TRYAGAIN and MOVED lose nothing', async () => {
    const tagged = rows('{moving}', 0, 60);
    const slot = await cluster.cluster('KEYSLOT', '{moving}');
    const source = Math.floor((slot * 3) / SLOTS);
    const target = (source + 1) % 3;
    const ids = await Promise.all(admins.map((redis) => redis.cluster('MYID')));
    const [text1, hash1] = [await harness.run(text({ prefix: 'cs:' }), 1), await harness.run(hash(), 1, { uid: 'h' })];
    const write = async (n: number) => {
      for (const run of [text1, hash1]) {
        await run.write(...tagged.map((row) => ({ ...row, n })));
        await run.flush();
      }
    };
    await write(1);
    await node(target).redis.cluster('SETSLOT', slot, 'IMPORTING', String(ids[source]));
    await node(source).redis.cluster('SETSLOT', slot, 'MIGRATING', String(ids[target]));
    let moving = true;
    const during = (async () => {
      while (moving) await write(2);
    })();
    for (;;) {
      const keys = (await node(source).redis.cluster('GETKEYSINSLOT', slot, 3)) as string[];
      if (keys.length === 0) break;
      await node(source).redis.migrate('127.0.0.1', node(target).port, '', 0, 5000, 'KEYS', ...keys);
      await sleep(2);
    }
    moving = false;
    await during;
    await write(3);
    for (const index of [target, source, 3 - source - target]) {
      await node(index).redis.cluster('SETSLOT', slot, 'NODE', String(ids[target]));
    }
    await write(4);
    for (const { id } of tagged) {
      expect(await cluster.get(`cs:${id}`)).toBe('4');
      expect(await cluster.hget(`c:${id}`, 'n')).toBe('4');
    }
    expect([...text1.rejected, ...hash1.rejected]).toEqual([]);
    const told = await node(source).redis.info('errorstats');
    for (const redirection of ['ASK', 'MOVED', 'TRYAGAIN']) expect(told).toContain(`errorstat_${redirection}:`);
    await text1.close();
    await hash1.close();
  });

  test('CLUSTERDOWN and a node that comes back: retried until it does', async () => {
    const run = await harness.run(text(), 1);
    await run.write(...rows('down', 1));
    await run.flush();
    await node(1).server.stop('kill');
    await run.write(...rows('down', 2));
    const flushed = run.flush();
    await expect.poll(() => run.counted.get('sluice_redis_retries_total') ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
    await node(1).server.start();
    await flushed;
    for (const { id } of rows('down', 2)) expect(await cluster.get(`c:${id}`)).toBe('2');
    await run.close();
  });

  test('streams are written and read', async () => {
    const sink = redisStreamSink<number>({
      ...options(),
      key: (n) => `stream ${n % 4}`,
      id: (n) => `${n + 1}`,
      fields: (n) => ({ n }),
    });
    const numbers = Array.from({ length: 400 }, (_, n) => n);
    await harness.wrote(sink, 1, ...numbers);
    await harness.wrote(sink, 2, ...numbers.slice(200));
    const source = redisStreamSource({
      cluster: options().cluster,
      streams: [0, 1, 2, 3].map((n) => `c:stream ${n}`),
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
    expect(read.sort((a, b) => a - b)).toEqual(numbers);
  });
});

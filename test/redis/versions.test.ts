import { randomUUID } from 'node:crypto';
import { redisHashSink, redisSortedSetSink, redisStreamSink, redisStringSink } from '@sluice/redis';
import { describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { RedisHarness } from './redis-harness.js';

interface Row {
  readonly id: string;
  readonly n: number | null;
  readonly revision?: number | bigint;
}

describeWithService('redis', 'versions of redis sinks', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const at = (name: string) => `${harness.prefix}${name}`;
  const fences = () => at('sluice:fences');

  const hash = (more = {}) =>
    redisHashSink<Row>({
      ...harness.options,
      key: ({ id }) => id,
      fields: ({ n }) => (n === null ? null : { n }),
      ...more,
    });
  const text = (more = {}) =>
    redisStringSink<Row>({ ...harness.options, key: ({ id }) => id, value: ({ n }) => n, ...more });
  const board = (more = {}) =>
    redisSortedSetSink<Row>({
      ...harness.options,
      key: () => `board of ${expect.getState().currentTestName}`,
      member: ({ id }) => id,
      score: ({ n }) => n,
      ...more,
    });
  const stream = () =>
    redisStreamSink<Row>({
      ...harness.options,
      key: ({ id }) => id,
      id: ({ n }) => `${n}-1`,
      fields: ({ n }) => ({ n: n ?? 0 }),
    });

  const shapes = [
    ['hash', hash, (id: string) => harness.redis.hget(at(id), 'n')],
    ['string', text, (id: string) => harness.redis.get(at(id))],
    [
      'sorted set',
      board,
      (id: string) => harness.redis.zscore(at(`board of ${expect.getState().currentTestName}`), id),
    ],
  ] as const;

  describe.each(shapes)('%s', (shape, sink, read) => {
    const id = (name: string) => `${shape} ${name}`;

    test('a zombie of an older epoch writes nothing, not even where the newer run has not written yet', async () => {
      const zombie = await harness.run(sink(), 1);
      await zombie.write({ id: id('z'), n: 1 }, { id: id('other'), n: 1 });
      await zombie.flush();
      const next = await harness.run(sink(), 2);
      await next.write({ id: id('z'), n: 2 });
      await next.flush();
      await zombie.write({ id: id('z'), n: 3 }, { id: id('other'), n: 3 }, { id: id('new'), n: 3 });
      await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
      expect([await read(id('z')), await read(id('other')), await read(id('new'))]).toEqual(['2', '1', null]);
      await zombie.close();
      await next.close();
    });

    test('a zombie whose fence was lost still loses every key that the newer run has written', async () => {
      const zombie = await harness.run(sink(), 1);
      const next = await harness.run(sink(), 2);
      await next.write({ id: id('lost'), n: 2 });
      await next.flush();
      await harness.redis.del(fences());
      await zombie.write({ id: id('lost'), n: 1 });
      await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_KEY_SHARED' });
      expect(await read(id('lost'))).toBe('2');
      await zombie.close();
      await next.close();
    });

    test('a run that starts after the fence was lost is newer than what the keys hold', async () => {
      await harness.wrote(sink(), 7, { id: id('flushed'), n: 1 });
      await harness.redis.del(fences());
      await harness.wrote(sink(), 8, { id: id('flushed'), n: 2 });
      expect(await read(id('flushed'))).toBe('2');
    });

    test('a replay after a restart wins, with the same value and with another', async () => {
      await harness.wrote(sink(), 1, { id: id('r'), n: 1 }, { id: id('r'), n: 2 });
      await harness.wrote(sink(), 2, { id: id('r'), n: 1 });
      expect(await read(id('r'))).toBe('1');
      await harness.wrote(sink(), 3, { id: id('r'), n: 2 });
      expect(await read(id('r'))).toBe('2');
    });

    test('a fresh incarnation is no zombie, though its epochs begin at 1 again', async () => {
      await harness.wrote(sink(), 9, { id: id('fresh'), n: 1 });
      const run = await harness.run(sink(), 1, { incarnation: randomUUID() });
      await run.write({ id: id('fresh'), n: 2 });
      await run.flush();
      await run.close();
      expect(await read(id('fresh'))).toBe('2');
    });

    test('another job that takes the keys over later wins, and the earlier one hears of it', async () => {
      const before = await harness.run(sink(), 5, { job: 'renamed from' });
      await before.write({ id: id('renamed'), n: 1 });
      await before.flush();
      const after = await harness.run(sink(), 1, { job: 'renamed to' });
      await after.write({ id: id('renamed'), n: 2 });
      await after.flush();
      await before.write({ id: id('renamed'), n: 3 });
      await expect(before.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_KEY_SHARED' });
      expect(await read(id('renamed'))).toBe('2');
      await before.close();
      await after.close();
    });

    test('what was deleted is not brought back by a zombie', async () => {
      const zombie = await harness.run(sink(), 1);
      await zombie.write({ id: id('deleted'), n: 1 });
      await zombie.flush();
      await harness.wrote(sink(), 2, { id: id('deleted'), n: null });
      await harness.redis.del(fences());
      await zombie.write({ id: id('deleted'), n: 1 });
      await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_KEY_SHARED' });
      expect(await read(id('deleted'))).toBeNull();
      await harness.wrote(sink(), 3, { id: id('deleted'), n: 4 });
      expect(await read(id('deleted'))).toBe('4');
      await zombie.close();
    });

    test('of versions of the user the highest stays, whatever the order and the run', async () => {
      const versioned = () => sink({ version: ({ revision }: Row) => revision });
      const big = 2n ** 60n;
      await harness.wrote(versioned(), 1, { id: id('v'), n: 5, revision: 5 }, { id: id('v'), n: 3, revision: 3 });
      expect(await read(id('v'))).toBe('5');
      const run = await harness.wrote(versioned(), 2, { id: id('v'), n: 4, revision: 4 });
      expect(await read(id('v'))).toBe('5');
      expect(run.counted.get('sluice_redis_superseded_total')).toBe(1);
      await harness.wrote(versioned(), 3, { id: id('v'), n: 50, revision: 5 });
      expect(await read(id('v'))).toBe('50');
      await harness.wrote(
        versioned(),
        4,
        { id: id('v'), n: 7, revision: big + 1n },
        { id: id('v'), n: 6, revision: big },
      );
      await harness.wrote(versioned(), 5, { id: id('v'), n: 8, revision: big });
      expect(await read(id('v'))).toBe('7');
      await harness.wrote(
        versioned(),
        6,
        { id: id('v'), n: null, revision: big + 2n },
        { id: id('v'), n: 9, revision: 9 },
      );
      await harness.wrote(versioned(), 7, { id: id('v'), n: 9, revision: 9 });
      expect(await read(id('v'))).toBeNull();
    });

    test('a version that is none is rejected; leaving `version` out later does not stop the writes', async () => {
      const odd = await harness.wrote(
        sink({ version: ({ revision }: Row) => revision }),
        1,
        { id: id('w'), n: 1, revision: -1 },
        { id: id('w'), n: 2, revision: 0.5 },
        { id: id('w'), n: 3, revision: 3 },
      );
      expect(odd.rejected.map(({ code }) => code)).toEqual(['SLUICE_REDIS_VALUE', 'SLUICE_REDIS_VALUE']);
      await harness.wrote(sink(), 2, { id: id('w'), n: 1 });
      expect(await read(id('w'))).toBe('1');
    });
  });

  test('an older epoch cannot even start', async () => {
    await harness.wrote(hash(), 3, { id: 'started', n: 1 });
    await expect(harness.run(hash(), 2)).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
  });

  test('subtasks of one epoch do not shut each other out', async () => {
    const [one, two] = [await harness.run(hash(), 1, { subtask: 0 }), await harness.run(hash(), 1, { subtask: 1 })];
    await one.write({ id: 'subtask 0', n: 1 });
    await two.write({ id: 'subtask 1', n: 1 });
    await one.flush();
    await two.flush();
    expect(await harness.redis.hget(at('subtask 0'), 'n')).toBe('1');
    await one.close();
    await two.close();
  });

  test('a zombie adds nothing to a stream, whether the fence is there or lost', async () => {
    const zombie = await harness.run(stream(), 1);
    await zombie.write({ id: 'x', n: 1 });
    await zombie.flush();
    const other = await harness.run(stream(), 2);
    await other.write({ id: 'x', n: 2 });
    await other.flush();
    await harness.redis.del(fences());
    await zombie.write({ id: 'x', n: 3 });
    await expect(zombie.flush()).rejects.toMatchObject({ code: 'SLUICE_REDIS_KEY_SHARED' });
    expect(await harness.redis.xlen(at('x'))).toBe(2);
    await zombie.close();
    await other.close();
  });
});

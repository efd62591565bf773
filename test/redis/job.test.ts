import {
  aggregateByKey,
  countOf,
  createJob,
  fixedDelay,
  fromSource,
  keyBy,
  memoryCheckpoints,
  noRestart,
  sideOutput,
  to,
} from '@sluice/core';
import { redisSortedSetSink, redisStreamSink, redisStreamSource, redisStringSink } from '@sluice/redis';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { RedisHarness } from './redis-harness.js';

interface Play {
  readonly n: number;
  readonly player: string;
}

describeWithService('redis', 'jobs from and to Redis', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const players = 37;
  const total = 6_000;

  /** A stream of plays, its key without the prefix. */
  const plays = async () => {
    const name = `${expect.getState().currentTestName} plays`;
    for (let from = 1; from <= total; from += 1000) {
      const pipeline = harness.redis.pipeline();
      for (let n = from; n < from + 1000; n++) {
        pipeline.xadd(harness.prefix + name, `${n}-0`, 'n', n, 'player', `p${n % players}`);
      }
      await pipeline.exec();
    }
    return name;
  };
  const source = (name: string) =>
    fromSource(
      redisStreamSource<Play>({
        url: harness.url,
        streams: harness.prefix + name,
        bounded: 'latest',
        count: 100,
        value: ({ fields }) => ({ n: Number(fields.n), player: fields.player ?? '' }),
      }),
    );
  /** The number of plays of each player, by the input alone. */
  const expected = Object.fromEntries(
    Array.from({ length: players }, (_, p) => [`p${p}`, Math.floor((total - p) / players) + (p === 0 ? 0 : 1)]),
  );

  test('a leaderboard holds what the input says, though the job fails again and again', async () => {
    const name = await plays();
    let failures = 0;
    const board = redisSortedSetSink<{ readonly key: string; readonly value: number }>({
      ...harness.options,
      key: () => `board of ${name}`,
      member: ({ key }) => key,
      score: ({ value }) => value,
      maxBatchCount: 50,
    });
    const copies = redisStreamSink<Play>({
      ...harness.options,
      key: () => `copy of ${name}`,
      id: ({ n }) => `${n}`,
      fields: ({ n, player }) => ({ n, player }),
      maxBatchCount: 50,
    });
    const checked = source(name).pipe(
      map((play) => {
        if (play.n % 2_000 === 0 && failures++ < 3) throw new Error('injected');
        return play;
      }),
    );
    const flows = [
      checked.pipe(
        keyBy(({ player }) => player),
        aggregateByKey(countOf()),
        map(({ key, value }) => ({ key, value })),
        to(board),
      ),
      checked.pipe(to(copies)),
    ];
    const job = createJob(`leaderboard ${harness.prefix}`, flows, {
      guarantee: 'exactly-once',
      restart: fixedDelay({ attempts: 5, delay: 10 }),
      checkpoints: { interval: 20, storage: memoryCheckpoints() },
    });
    const result = await job.run();
    expect(result.status).toBe('finished');
    expect(result.restarts).toBe(3);
    const held = await harness.redis.zrange(`${harness.prefix}board of ${name}`, '0', '-1', 'WITHSCORES');
    const scores = Object.fromEntries(
      held.flatMap((member, i) => (i % 2 === 0 ? [[member, Number(held[i + 1])]] : [])),
    );
    expect(scores).toEqual(expected);
    const copied = await harness.redis.xrange(`${harness.prefix}copy of ${name}`, '-', '+');
    expect(copied.map(([, [, n]]) => Number(n))).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  });

  test('what Redis refuses goes to the rejected output, once, and all else is written', async () => {
    const name = await plays();
    await harness.redis.rpush(`${harness.prefix}last of p5`, 'a list');
    const rejected = sideOutput<{ readonly value: Play; readonly cause: unknown }>('rejected');
    const last = redisStringSink<Play>({
      ...harness.options,
      key: ({ player }) => `last of ${player}`,
      value: ({ n }) => n,
    });
    const dead = redisStreamSink<{ readonly value: Play; readonly cause: unknown }>({
      ...harness.options,
      key: () => `dead of ${name}`,
      id: ({ value }) => `${value.n}`,
      fields: ({ value }) => ({ n: value.n }),
    });
    const written = source(name);
    const flows = [written.pipe(to(last, { rejected })), rejected.pipe(to(dead))];
    const job = createJob(`rejects ${harness.prefix}`, flows, {
      checkpoints: { interval: 20, storage: memoryCheckpoints() },
    });
    expect((await job.run()).status).toBe('finished');
    const letters = await harness.redis.xrange(`${harness.prefix}dead of ${name}`, '-', '+');
    const refused = Array.from({ length: total }, (_, i) => i + 1).filter((n) => n % players === 5);
    expect(letters.map(([, [, n]]) => Number(n))).toEqual(refused);
    expect(await harness.redis.get(`${harness.prefix}last of p1`)).toBe(String(total - ((total - 1) % players)));
  });

  test('a job whose server is not there does not start', async () => {
    const nowhere = redisStringSink<number>({ url: 'redis://127.0.0.1:1', key: String, value: (n) => n });
    const flow = source('none').pipe(
      map(({ n }) => n),
      to(nowhere),
    );
    const job = createJob('nowhere', flow, { restart: noRestart() });
    await expect(job.run()).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNREACHABLE' });
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { root } from '../tasks/root.js';

describeWithOwnService('redis', 'the program of the README of @sluice/redis', (server) => {
  test('makes a leaderboard', async () => {
    const page = await readFile(join(root, 'connectors/redis/README.md'), 'utf8');
    const programs = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
    expect(programs).toHaveLength(1);
    const redis = new Redis(server().endpoint);
    for (const [player, points] of [
      ['ada', '3'],
      ['bob', '5'],
      ['ada', '4'],
    ] as const) {
      await redis.xadd('plays', '*', 'player', player, 'points', points);
    }
    // Within the checkout, so that the packages are found.
    const folder = await mkdtemp(join(root, 'node_modules/.readme-'));
    const before = process.env.REDIS_URL;
    process.env.REDIS_URL = server().endpoint;
    try {
      const program = join(folder, 'program.ts');
      await writeFile(program, programs[0] ?? '');
      await import(program);
    } finally {
      if (before === undefined) delete process.env.REDIS_URL;
      else process.env.REDIS_URL = before;
      await rm(folder, { recursive: true });
    }
    expect(await redis.zrange('leaderboard', '0', '-1', 'WITHSCORES')).toEqual(['bob', '5', 'ada', '7']);
    redis.disconnect();
  });
});

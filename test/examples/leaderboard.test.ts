import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { playerOf } from '../../examples/leaderboard/src/players.js';
import { describeWithService } from '../services/with-service.js';
import { removeFilesOf } from './example-process.js';
import { interruptedRun } from './interrupted-run.js';
import { TopicOutside } from './topic-outside.js';

describeWithService('kafka', 'npm run example -- leaderboard', (kafka) => {
  describeWithService('redis', 'into Redis', (redis) => {
    test('every score counts once, over Ctrl-C and kill -9', { timeout: 180_000 }, async () => {
      const name = `leaderboard-${process.pid}`;
      const topic = await TopicOutside.open(kafka(), name);
      const client = new Redis(redis());
      try {
        await interruptedRun('leaderboard', 'scores', ['kafka', 'redis'], topic, name);
        const totals = new Map<string, number>();
        for (const text of [...(await topic.values()).values()].flat()) {
          const { player, points } = JSON.parse(text);
          const { name: of, factor } = playerOf(player);
          totals.set(of, (totals.get(of) ?? 0) + points * factor);
        }
        const board = await client.zrevrange(name, 0, -1, 'WITHSCORES');
        const found = board.flatMap((of, at) => (at % 2 === 0 ? [[of, Number(board[at + 1])] as const] : []));
        expect(new Map(found)).toEqual(totals);
        expect(totals.size).toBeGreaterThan(30);
      } finally {
        await client.del(name, `{${name}}:sluice`);
        await client.quit();
        await topic.remove();
        await removeFilesOf(name);
      }
    });
  });
});

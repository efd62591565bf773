import { join } from 'node:path';
import { runExample } from '@sluice-examples/runner';
import { Redis } from 'ioredis';
import { leaderboardJob } from './pipeline.js';
import { httpLookup, startPlayerService } from './player-service.js';
import { PLAYERS } from './players.js';

await runExample({
  name: 'leaderboard',
  about: 'Scores in Kafka, each with its player from a flaky HTTP service, become a leaderboard in Redis.',
  unit: 'scores',
  records: 6_000,
  services: ['redis'],
  record(_index, random) {
    const player = Math.floor(random() ** 1.5 * PLAYERS);
    return { key: `${player}`, value: JSON.stringify({ player, points: 1 + Math.floor(random() * 10) }) };
  },
  async open({ name, brokers, endpoints: { redis }, folder, fresh }) {
    const client = new Redis(redis);
    // The versions of the members lie beside the board.
    if (fresh) await client.del(name, `{${name}}:sluice`);
    const service = await startPlayerService();
    return {
      job: leaderboardJob({
        name,
        brokers,
        redis,
        checkpoints: join(folder, 'checkpoints'),
        lookup: httpLookup(service.url),
      }),
      async result() {
        const top = await client.zrevrange(name, 0, 4, 'WITHSCORES');
        const { asked, refused, hung } = service.counts();
        return [
          `The player service was asked ${asked} times; it refused ${refused} times and did not answer ${hung} times.`,
          'The best:',
          ...top.flatMap((member, at) => (at % 2 === 0 ? [`  ${String(top[at + 1]).padStart(7)} ${member}`] : [])),
        ];
      },
      async close() {
        await client.quit();
        await service.close();
      },
    };
  },
});

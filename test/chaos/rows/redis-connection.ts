import { killedBehindASavepoint } from '../documents/behind-a-savepoint.js';
import type { DocumentMistake, DocumentPlan } from '../documents/document-plan.js';
import { DocumentSite } from '../documents/document-site.js';
import { type RedisFault, RedisFaults } from '../documents/redis-faults.js';
import { type Random, randomFrom } from '../random.js';
import type { ChaosRow, Round } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

type RedisMode = 'hashes' | 'strings' | 'strings, versions of the elements';

/** Row 25: connections end in the middle of pipelines, the server becomes a replica or forgets its scripts: the newest version wins. */
export const redisConnection: ChaosRow<RedisMode, RedisFault> = {
  row: 25,
  title: 'Redis: connections cut in a pipeline, READONLY, NOSCRIPT, a kill -9 and a stale replay meanwhile',
  needs: ['redis'],
  modes: ['hashes', 'strings', 'strings, versions of the elements'],
  points: () => ['connections cut', 'READONLY', 'NOSCRIPT'],
  counts: { quick: 1, release: 6 },
  oneByOne: true,
  run: (round) => redisFails(round),
};

export async function redisFails(
  { mode, point, seed, servers }: Round<RedisMode, RedisFault>,
  mistake?: DocumentMistake,
) {
  const random = randomFrom(seed, 25);
  const { endpoint: redis } = await servers.own('redis');
  const faults = await RedisFaults.of(redis, point ?? 'connections cut', randomFrom(seed, 250));
  const versions: DocumentPlan['versions'] = mode.endsWith('of the elements') ? 'of the elements' : 'of the sink';
  try {
    const site = DocumentSite.create({
      seed,
      source: 'files',
      target: mode === 'hashes' ? 'hashes' : 'strings',
      versions,
      letters: undefined,
      mistake,
      endpoints: { redis },
      seenByJob: { redis: faults.url },
    });
    return await withSite(site, async (opened) => {
      const violations: string[] = [];
      const seen = await opened.watched(async () => {
        violations.push(...(await killedAmongFaults(opened, faults, random)));
        if (violations.length === 0) violations.push(...(await finishAndJudge(opened)));
      });
      return { faults: faults.injected, violations: [...violations, ...seen] };
    });
  } finally {
    await faults.close();
  }
}

/** Nothing is harmed while a process starts: a server that cannot be written then is refused by the job's check. */
async function killedAmongFaults(site: DocumentSite, faults: RedisFaults, random: Random): Promise<string[]> {
  const wrong = await killedBehindASavepoint(site, {
    checkpoints: random.between(1, 2),
    elements: random.between(site.elements / 6, site.elements / 4),
    onStarted: () => faults.start(),
  });
  await faults.stop();
  if (wrong.length > 0) return wrong;
  const second = site.start({ startFrom: site.savepoint() });
  await second.until(({ type }) => type === 'started');
  faults.start();
  const end = await second.ended;
  await faults.stop();
  return end.how === 'finished' ? [] : [unexpected('the second process', end)];
}

import type { ServiceName } from '@sluice/services';
import { PairSite } from '../pairs/pair-site.js';
import type { Pair } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import type { ChaosRow, Round } from './chaos-row.js';
import { killAtRandom } from './killed-at-random.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const KILLS = 20;
/** A pair of connectors starts more slowly, most of it in their client libraries. */
const MOMENTS = { ready: 600, working: 350 };
const PACE = { batch: 10, every: 8, ahead: 60 };

/** One row for each set of services, so that what is not there keeps only its own pairs from running. */
function pairRow(needs: readonly ServiceName[], modes: readonly Pair[]): ChaosRow<Pair> {
  return {
    row: 1,
    title: `kill -9 at random, ${KILLS} a run, ${modes.join(', ')}`,
    needs,
    modes,
    counts: { quick: 1, release: 5 },
    run: (round) => killedOften(round, KILLS),
  };
}

/** Row 1 for each pair of source and sink: killed from outside, wherever it is. */
export const pairRows: readonly ChaosRow<Pair>[] = [
  pairRow(
    ['kafka', 'postgres'],
    [
      'kafka-to-postgres:ledger',
      'kafka-to-postgres:upsert',
      'kafka-to-postgres:two-phase',
      'kafka-to-postgres:one-transaction',
      'postgres-to-kafka',
    ],
  ),
  pairRow(['kafka'], ['kafka-to-kafka', 'kafka-to-file', 'file-to-kafka']),
  pairRow([], ['file-to-file']),
  pairRow(['redis', 'postgres'], ['redis-to-postgres:ledger']),
  pairRow(['kafka', 'redis'], ['kafka-to-redis']),
  pairRow(['kafka', 'elasticsearch'], ['kafka-to-elasticsearch']),
];

export async function killedOften({ mode, seed, servers, mistake }: Round<Pair>, kills: number) {
  const perSplit = kills * 100;
  return withSite(PairSite.create(servers, { pair: mode, seed, mistake, perSplit, pace: PACE }), async (site) => {
    const random = randomFrom(seed, 1);
    let faults = 0;
    while (faults < kills) {
      const process = site.start();
      await killAtRandom(process, random, MOMENTS);
      const end = await process.ended;
      if (end.how === 'killed') faults++;
      else if (end.how !== 'finished')
        return { faults, violations: [unexpected(`after ${faults} kills, the process`, end)] };
    }
    return { faults, violations: await finishAndJudge(site) };
  });
}

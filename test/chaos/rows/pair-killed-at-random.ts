import { setTimeout as sleep } from 'node:timers/promises';
import type { JobProcess } from '../job-process.js';
import type { PairPlan } from '../pairs/pair-plan.js';
import { PairSite } from '../pairs/pair-site.js';
import type { Pair } from '../pairs/sides.js';
import { type Random, randomFrom } from '../random.js';
import type { ChaosRow, Round } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const KILLS = 20;
/** ms in which a process starts, and between two of its checkpoints, more or less. */
const STARTING = 600;
const BETWEEN = 100;
const CHECKPOINTS = 4;
const PACE = { batch: 10, every: 8, ahead: 60 };

/** Row 1 for each pair of source and sink: killed from outside, wherever it is. Each pair needs its own servers only. */
export const pairKilledAtRandom: ChaosRow<Pair> = {
  row: 1,
  title: `kill -9 at random, ${KILLS} a run, of a job between two connectors`,
  needs: [],
  modes: [
    'kafka-to-postgres:ledger',
    'kafka-to-postgres:upsert',
    'kafka-to-postgres:two-phase',
    'kafka-to-postgres:one-transaction',
    'kafka-to-kafka',
    'kafka-to-file',
    'file-to-kafka',
    'file-to-file',
    'redis-to-postgres:ledger',
    'postgres-to-kafka',
    'kafka-to-redis',
    'kafka-to-elasticsearch',
  ],
  counts: { quick: 1, release: 5 },
  run: (round) => killedOften(round, KILLS),
};

export async function killedOften({ mode, seed, servers, mistake }: Round<Pair>, kills: number) {
  const perSplit = kills * 120;
  return withSite(PairSite.create(servers, { pair: mode, seed, mistake, perSplit, pace: PACE }), async (site) => {
    const random = randomFrom(seed, 1);
    let faults = 0;
    while (faults < kills) {
      const process = site.start();
      await killBetweenCheckpoints(process, random);
      const end = await process.ended;
      if (end.how === 'killed') faults++;
      else if (end.how !== 'finished')
        return { faults, violations: [unexpected(`after ${faults} kills, the process`, end)] };
    }
    return { faults, violations: await finishAndJudge(site) };
  });
}

/** Counted in checkpoints, so that a slow machine gets as far as a fast one before it is killed. */
async function killBetweenCheckpoints(process: JobProcess<PairPlan>, random: Random): Promise<void> {
  if (random.next() < 0.25) {
    const after = random.between(0, STARTING);
    await process.until(({ type }) => type === 'loaded');
    await sleep(after);
  } else {
    const checkpoints = random.between(0, CHECKPOINTS);
    const after = random.between(0, BETWEEN);
    let seen = 0;
    await process.until(({ type }) => {
      if (type === 'checkpoint') seen++;
      return type === (checkpoints === 0 ? 'started' : 'checkpoint') && seen >= checkpoints;
    });
    await sleep(after);
  }
  process.kill();
}

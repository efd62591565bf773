import { setTimeout as sleep } from 'node:timers/promises';
import type { JobProcess } from '../job-process.js';
import { type Random, randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const KILLS = 20;

/** Row 1: killed from outside, wherever it is: at work mostly, but also while it starts and recovers. */
export const killedAtRandom: ChaosRow<Mode> = {
  row: 1,
  title: `kill -9 at random, ${KILLS} a run`,
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 1, release: 18 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(
      Site.create(await servers.endpoint('postgres'), { mode, seed, mistake, perSplit: 4_000 }),
      async (site) => {
        const random = randomFrom(seed, 1);
        let faults = 0;
        while (faults < KILLS) {
          const process = site.start();
          await killAtRandom(process, random);
          const end = await process.ended;
          // A job that has finished is started all the same, as long as there are kills left: it may not do anything twice either.
          if (end.how === 'killed') faults++;
          else if (end.how !== 'finished')
            return { faults, violations: [unexpected(`after ${faults} kills, the process`, end)] };
        }
        return { faults, violations: await finishAndJudge(site) };
      },
    ),
};

/** `ready` and `working`: how long it goes on at most, in ms, once it is loaded or at work. */
export async function killAtRandom(
  process: Pick<JobProcess, 'until' | 'kill'>,
  random: Random,
  { ready, working } = { ready: 100, working: 350 },
): Promise<void> {
  const whileStarting = random.next() < 0.25;
  const after = random.between(0, whileStarting ? ready : working);
  await process.until(({ type }) => type === (whileStarting ? 'loaded' : 'started'));
  await sleep(after);
  process.kill();
}

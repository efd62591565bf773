import type { Point } from '../faults/fault.js';
import { type Random, randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const KILLS = 3;

const everywhere: readonly Point[] = [
  'afterWrite',
  'afterStatePersisted',
  'afterManifestPublished',
  'afterFirstOfSeveralCommits',
  'afterCommitSent',
  'afterCommitBeforeAcknowledgement',
];
const preparing: readonly Point[] = ['afterPrepareSent', 'afterPrepareAcknowledged'];

/** Row 2: each process but the last kills itself at the point; which time that it passes, the seed says. */
export const killedAtAPoint: ChaosRow<Mode, Point> = {
  row: 2,
  title: 'kill -9 at a named point',
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 1, release: 100 },
  points: (mode) => (mode === 'two-phase' ? [...preparing, ...everywhere] : everywhere),
  run: async ({ mode, seed, point = 'afterWrite', servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake }), async (site) => {
      const random = randomFrom(seed, 2);
      let faults = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const fault = { kind: 'kill', point, nth: occurrence(random, point), delay: delayAt(random, point) } as const;
        const end = await site.start({ fault }).ended;
        if (end.how === 'finished') break;
        if (end.how !== 'killed') return { faults, violations: [unexpected(`process ${kill + 1}`, end)] };
        faults++;
        const wrong = await site.judgeSoFar(`after kill ${faults}`);
        if (wrong.length > 0) return { faults, violations: wrong };
      }
      return { faults, violations: await finishAndJudge(site) };
    }),
};

const oncePerCheckpoint: readonly Point[] = ['afterManifestPublished', 'afterFirstOfSeveralCommits'];

/** Early enough that each kill finds something left to do; the first ones of a process may be those of its recovery. */
function occurrence(random: Random, point: Point): number {
  if (point === 'afterWrite') return random.between(1, 1_200);
  return random.between(1, oncePerCheckpoint.includes(point) ? 4 : 8);
}

/** A statement that was sent is executed meanwhile, or not yet. */
function delayAt(random: Random, point: Point): number {
  return point === 'afterPrepareSent' || point === 'afterCommitSent' ? random.oneOf([0, 0, 1, 3]) : 0;
}

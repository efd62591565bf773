import type { Point } from '../faults/fault.js';
import { PairSite } from '../pairs/pair-site.js';
import type { Pair } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const KILLS = 3;

/** Those between the engine and the connector; what happens inside a commit only the connector's own tests can see. */
const points: readonly Point[] = [
  'afterWrite',
  'afterPrepareAcknowledged',
  'afterStatePersisted',
  'afterManifestPublished',
];

/** Row 2 for the transactional sinks other than PostgreSQL's. */
export const pairKilledAtAPoint: ChaosRow<Pair, Point> = {
  row: 2,
  title: 'kill -9 at a named point, of a job between two connectors',
  needs: [],
  modes: ['kafka-to-kafka', 'file-to-file'],
  counts: { quick: 1, release: 100 },
  points: () => points,
  run: async ({ mode, seed, point = 'afterWrite', servers, mistake }) =>
    withSite(PairSite.create(servers, { pair: mode, seed, mistake, perSplit: 900 }), async (site) => {
      const random = randomFrom(seed, 2);
      let faults = 0;
      while (faults < KILLS) {
        const nth = random.between(1, point === 'afterWrite' ? 400 : 4);
        const end = await site.start({ fault: { kind: 'kill', point, nth, delay: 0 } }).ended;
        if (end.how === 'finished') break;
        if (end.how !== 'killed') return { faults, violations: [unexpected(`process ${faults + 1}`, end)] };
        faults++;
      }
      return { faults, violations: await finishAndJudge(site) };
    }),
};

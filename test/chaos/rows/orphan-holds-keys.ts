import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, withSite } from './until-finished.js';

const LONGEST = 10_000;

/** Row 6: a prepared transaction that no checkpoint knows holds unique keys which are written again. It must not be waited for. */
export const orphanHoldsKeys: ChaosRow<Mode> = {
  row: 6,
  title: 'an orphan holds keys that are replayed',
  needs: ['postgres'],
  modes: ['two-phase'],
  counts: { quick: 2, release: 25 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake, unique: true }), async (site) => {
      const random = randomFrom(seed, 6);
      const point = random.oneOf(['afterPrepareSent', 'afterPrepareAcknowledged']);
      const end = await site.start({ fault: { kind: 'kill', point, nth: random.between(1, 8), delay: 5 } }).ended;
      const orphans = await site.prepared();
      if (end.how !== 'killed' || orphans.length === 0) return { faults: 0, violations: ['there is no orphan'] };
      const started = performance.now();
      const process = site.start();
      // Complete: what the orphan held has been written again.
      await process.until(({ type }) => type === 'checkpoint');
      const took = performance.now() - started;
      await process.ended;
      const slow = took > LONGEST ? [`recovered after ${Math.round(took)} ms`] : [];
      return { faults: orphans.length, violations: [...slow, ...(await finishAndJudge(site))] };
    }),
};

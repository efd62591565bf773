import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** Row 8: PostgreSQL dies by SIGKILL between prepare and commit, and comes back; the job starts itself again until it does. */
export const serverKilled: ChaosRow<Mode> = {
  row: 8,
  title: 'PostgreSQL is killed between prepare and commit',
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 1, release: 17 },
  oneByOne: true,
  async run({ mode, seed, servers, mistake }) {
    const server = await servers.own('postgres');
    return withSite(Site.create(server.endpoint, { mode, seed, mistake, restarts: 30 }), async (site) => {
      const random = randomFrom(seed, 8);
      const point = random.oneOf(['afterPrepareAcknowledged', 'afterStatePersisted', 'afterManifestPublished']);
      const process = site.start({ fault: { kind: 'hold', point, nth: random.between(2, 8) } });
      if (!(await process.until(({ type }) => type === 'held'))) {
        return { faults: 0, violations: [unexpected('the process', await process.ended)] };
      }
      await server.stop('kill');
      // It meets a server that is not there, or one that is back already.
      const before = random.next() < 0.5;
      if (before) process.goOn();
      await sleep(random.between(0, 300));
      await server.start();
      if (!before) process.goOn();
      const end = await process.ended;
      const violations = end.how === 'finished' ? [] : [unexpected('the process', end)];
      return { faults: 1, violations: [...violations, ...(await finishAndJudge(site))] };
    });
  },
};

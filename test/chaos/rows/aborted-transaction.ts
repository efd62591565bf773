import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/**
 * Row 10: the transaction has been aborted when PREPARE (in `ledger` mode COMMIT) comes. The server answers ROLLBACK, which the driver
 * calls success; the job has to call it a failure.
 */
export const abortedTransaction: ChaosRow<Mode> = {
  row: 10,
  title: 'PREPARE, or COMMIT, in an aborted transaction',
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 2, release: 8 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake }), async (site) => {
      const random = randomFrom(seed, 10);
      // COMMIT with no transaction at all is answered with COMMIT, so only PREPARE can be told to have had none.
      const how = mode === 'two-phase' ? random.oneOf(['failed statement', 'rollback']) : 'failed statement';
      const process = site.start({ fault: { kind: 'abortTransaction', nth: random.between(1, 8), how } });
      const end = await process.ended;
      const faults = process.struck.length;
      const detected = end.how === 'failed' && end.codes.includes('SLUICE_POSTGRES_ROLLED_BACK');
      const violations = faults === 1 && detected ? [] : [unexpected(`after ${faults} of them the process`, end)];
      const soFar = await site.judgeSoFar('after the failure');
      return { faults, violations: [...violations, ...soFar, ...(await finishAndJudge(site))] };
    }),
};

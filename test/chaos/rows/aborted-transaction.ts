import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/**
 * Row 10: the transaction has been aborted when PREPARE (in `ledger` mode COMMIT) comes. The server answers ROLLBACK, which the driver
 * calls success; the job has to call it a failure.
 */
export const abortedTransaction: ChaosRow = {
  row: 10,
  title: 'PREPARE, or COMMIT, in an aborted transaction',
  modes: ['ledger', 'upsert', 'two-phase'],
  run: ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(servers.url, { mode, seed, mistake }), async (site) => {
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

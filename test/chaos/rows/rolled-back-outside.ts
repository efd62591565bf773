import type { End } from '../job-process.js';
import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { withSite } from './until-finished.js';

const LOST = 'SLUICE_POSTGRES_LOST_TRANSACTION';

/**
 * Row 4: somebody rolls back what was prepared and is in a durable checkpoint, while the process lives or while it is dead. Its rows are
 * lost, so the job has to say so, at that start and at every later one; what had been committed before stays as it was.
 */
export const rolledBackOutside: ChaosRow<Mode> = {
  row: 4,
  title: 'a prepared transaction is rolled back from outside',
  needs: ['postgres'],
  modes: ['two-phase'],
  counts: { quick: 2, release: 20 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake }), async (site) => {
      const random = randomFrom(seed, 4);
      const alive = random.next() < 0.5;
      const where = { point: 'afterManifestPublished', nth: random.between(1, 6) } as const;
      const process = site.start({ fault: alive ? { kind: 'hold', ...where } : { kind: 'kill', ...where, delay: 0 } });
      if (alive) await process.until(({ type }) => type === 'held');
      else await process.ended;
      const before = await site.judgeSoFar('before the rollback');
      const faults = await site.rollBackPrepared();
      if (faults === 0) {
        process.kill();
        return { faults, violations: [...before, 'there was nothing to roll back'] };
      }
      process.goOn();
      const ends = alive ? [await process.ended] : [];
      for (let start = 0; start < 2; start++) ends.push(await site.start().ended);
      const silent = ends.flatMap((end, index) =>
        isLoud(end) ? [] : [`start ${index + 1} after it ${end.how}: ${end.codes} ${end.text}`],
      );
      return { faults, violations: [...before, ...silent, ...(await site.judgeSoFar('after the rollback'))] };
    }),
};

function isLoud({ how, codes }: End): boolean {
  return how === 'failed' && codes.includes(LOST);
}

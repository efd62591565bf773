import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** Commits of a process of which some lose their answer. */
const COMMITS = 16;

/** Row 3: the connection breaks when the commit has been sent, or executed; the process lives on and asks again. */
export const lostAcknowledgement: ChaosRow<Mode> = {
  row: 3,
  title: 'the acknowledgement of a commit is lost',
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 2, release: 70 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake }), async (site) => {
      const random = randomFrom(seed, 3);
      const executed = random.next() < 0.7;
      const nths = Array.from({ length: COMMITS }, (_, index) => index + 1).filter(() => random.next() < 0.3);
      const process = site.start({ fault: { kind: 'loseAnswer', nths: nths.length > 0 ? nths : [2], executed } });
      const end = await process.ended;
      const faults = process.struck.length;
      if (end.how !== 'finished') return { faults, violations: [unexpected('the process', end)] };
      return { faults, violations: await finishAndJudge(site) };
    }),
};

import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** Commits of a process of which some lose their answer. */
const COMMITS = 16;

/** Row 3: the connection breaks when the commit has been sent, or executed; the process lives on and asks again. */
export const lostAcknowledgement: ChaosRow = {
  row: 3,
  title: 'the acknowledgement of a commit is lost',
  modes: ['ledger', 'upsert', 'two-phase'],
  run: ({ mode, seed, servers, mistake }) =>
    withSite(Site.create(servers.url, { mode, seed, mistake }), async (site) => {
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

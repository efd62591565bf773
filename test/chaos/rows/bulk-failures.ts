import { killedBehindASavepoint } from '../documents/behind-a-savepoint.js';
import { BulkFaults } from '../documents/bulk-faults.js';
import type { DocumentMistake, DocumentPlan } from '../documents/document-plan.js';
import { DocumentSite } from '../documents/document-site.js';
import { type Random, randomFrom } from '../random.js';
import type { ChaosRow, Round } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

type Versions = DocumentPlan['versions'];
/** Where writes come from that are older than what is there. */
type Stale = 'killed' | 'a zombie' | 'an older savepoint';

/** Row 24: bulk requests fail whole and in part while elements are written again: each document has the highest version. */
export const bulkFailures: ChaosRow<Versions, Stale> = {
  row: 24,
  title: '429, bulk requests that fail in part or whose answer is lost, and stale replays',
  needs: ['elasticsearch'],
  modes: ['of the sink', 'of the elements'],
  points: () => ['killed', 'a zombie', 'an older savepoint'],
  counts: { quick: 1, release: 9 },
  run: (round) => bulksFail(round),
};

export async function bulksFail({ mode, point, seed, servers }: Round<Versions, Stale>, mistake?: DocumentMistake) {
  const random = randomFrom(seed, 24);
  const elasticsearch = await servers.endpoint('elasticsearch');
  const { faults, node } = await BulkFaults.before(elasticsearch, randomFrom(seed, 429));
  try {
    const site = DocumentSite.create({
      seed,
      source: 'files',
      target: 'elasticsearch',
      versions: mode,
      letters: undefined,
      mistake,
      endpoints: { elasticsearch },
      seenByJob: { elasticsearch: node },
    });
    return await withSite(site, async (opened) => {
      faults.refuseAtFirst(opened.newest());
      const violations: string[] = [];
      const seen = await opened.watched(async () => {
        violations.push(...(await staleWrites[point ?? 'killed'](opened, random)));
        if (violations.length === 0) violations.push(...(await finishAndJudge(opened)));
      });
      return { faults: faults.injected + 1, violations: [...violations, ...seen] };
    });
  } finally {
    await faults.close();
  }
}

const staleWrites: Readonly<Record<Stale, (site: DocumentSite, random: Random) => Promise<string[]>>> = {
  async killed(site, random) {
    for (let kills = 0; kills < 3; kills++) {
      const process = site.start();
      const from = random.between(0, site.elements / 6);
      await process.until(({ type }) => (from === 0 ? type === 'started' : process.read >= from));
      process.kill();
      const end = await process.ended;
      if (end.how !== 'killed') return [unexpected(`after ${kills} kills, the process`, end)];
    }
    return [];
  },
  async 'a zombie'(site, random) {
    const zombie = site.start();
    const from = random.between(50, site.elements / 2);
    await zombie.until(() => zombie.read >= from);
    zombie.kill('SIGSTOP');
    const successor = site.start();
    const until = random.oneOf([site.elements / 10, site.elements]);
    await successor.until(() => successor.read >= until);
    if (until === site.elements) await successor.ended;
    zombie.kill('SIGCONT');
    const [ended, replaced] = await Promise.all([zombie.ended, successor.ended]);
    const wrong: string[] = [];
    if (ended.how !== 'failed') wrong.push(unexpected('the zombie', ended));
    if (replaced.how !== 'finished') wrong.push(unexpected('its replacement', replaced));
    return wrong;
  },
  async 'an older savepoint'(site, random) {
    const wrong = await killedBehindASavepoint(site, {
      checkpoints: random.between(1, 2),
      elements: site.elements / 4,
    });
    if (wrong.length > 0) return wrong;
    const again = await site.start({ startFrom: site.savepoint() }).ended;
    return again.how === 'finished' ? [] : [unexpected('the start from the savepoint', again)];
  },
};

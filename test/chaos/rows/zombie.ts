import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldPoint } from '../faults/fault.js';
import type { JobProcess } from '../job-process.js';
import { type Random, randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const points: readonly HoldPoint[] = [
  'afterPrepareAcknowledged',
  'afterStatePersisted',
  'afterManifestPublished',
  'afterCommitSent',
  'afterCommitBeforeAcknowledgement',
];

/**
 * Row 5: the process is stopped wherever it is, or at one of the worst places; its replacement starts; then it wakes, while the other is
 * at work or after its end.
 */
export const zombie: ChaosRow<Mode, HoldPoint> = {
  row: 5,
  title: 'a zombie: SIGSTOP, a replacement, SIGCONT',
  needs: ['postgres'],
  modes: ['ledger', 'upsert', 'two-phase'],
  counts: { quick: 2, release: 34 },
  run: async ({ mode, seed, point, servers, mistake }) =>
    withSite(Site.create(await servers.endpoint('postgres'), { mode, seed, mistake }), async (site) => {
      const random = randomFrom(seed, 5);
      const chosen = random.oneOf([undefined, undefined, ...points]);
      const place = points.find((each) => each === point) ?? chosen;
      const first = site.start(place && { fault: { kind: 'hold', point: place, nth: random.between(1, 5) } });
      if (place !== undefined) await first.until(({ type }) => type === 'held');
      else await untilSomewhere(first, site.elements, random);
      first.kill('SIGSTOP');
      const second = site.start();
      const early = random.next() < 0.5;
      if (early) {
        await second.until(({ type }) => type === 'started');
        await sleep(random.between(0, 200));
      } else await second.ended;
      first.kill('SIGCONT');
      first.goOn();
      const [end, replaced] = await Promise.all([first.ended, second.ended]);
      const violations: string[] = [];
      if (end.how !== 'failed') violations.push(unexpected('the zombie', end));
      if (replaced.how !== 'finished') violations.push(unexpected('its replacement', replaced));
      return { faults: 1, violations: [...violations, ...(await finishAndJudge(site))] };
    }),
};

/** Well before its end: one that has committed everything has a right to finish. */
async function untilSomewhere(process: JobProcess, elements: number, random: Random): Promise<void> {
  const from = random.between(0, Math.floor(elements * 0.5));
  await process.until(({ type }) => (from === 0 ? type === 'started' : process.read >= from));
  await sleep(random.between(0, 40));
}

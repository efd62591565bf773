import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '../job-process.js';
import type { Written } from '../judge/compare.js';
import { inputTopic } from '../pairs/kafka-source.js';
import { deleteBefore } from '../pairs/kafka-topic.js';
import { PairSite } from '../pairs/pair-site.js';
import type { Pair } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import { paymentsOf } from '../workload/payments.js';
import type { ChaosRow } from './chaos-row.js';
import { unexpected, withSite } from './until-finished.js';

const CODE = 'SLUICE_KAFKA_OFFSET_GONE';
const QUIET = 300;

/** Row 20: the job is down, and records between its position and the end are deleted. It has to say so each time that it is started. */
export const retention: ChaosRow<Pair> = {
  row: 20,
  title: 'retention passes the position',
  needs: ['kafka'],
  modes: ['kafka-to-postgres:ledger', 'kafka-to-kafka'],
  counts: { quick: 1, release: 5 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(PairSite.create(servers, { pair: mode, seed, mistake, pace: { every: 8, ahead: 60 } }), async (site) => {
      const random = randomFrom(seed, 20);
      const first = site.start();
      const { perSplit, splits } = site.input;
      // Far enough from its end that what is deleted lies behind what any split has read.
      const most = Math.floor(perSplit / 3);
      const from = random.between(1, most);
      // One that has no checkpoint yet has no position either, and begins where the topic does.
      await first.until(({ type }) => type === 'checkpoint');
      await first.until(({ type }) => type === 'read' && first.read >= from);
      first.kill();
      await first.ended;
      const split = random.between(0, splits - 1);
      const gone = random.between(most * 2, perSplit);
      await deleteBefore(site.place, inputTopic(site.place), split, `${gone}`);
      const violations: string[] = [];
      const failed = (end: End, which: string): void => {
        if (end.how !== 'failed' || !end.codes.includes(CODE)) violations.push(unexpected(which, end));
      };
      failed(await site.start().ended, 'the start behind retention');
      const after = await site.readBack();
      failed(await site.start().ended, 'one more start');
      await sleep(QUIET);
      const later = await site.readBack();
      if (later.length !== after.length) violations.push(`${later.length - after.length} rows were written later`);
      violations.push(...site.judgeSoFar('after the failure', later), ...notAPrefix(later, site));
      return { faults: 1, violations };
    }),
};

/** Of each split what was written is all up to some position: where something is left out, a position was set anew. */
function notAPrefix(running: Written['running'], { input }: PairSite): string[] {
  const written = new Set(running.map(({ id }) => id));
  return Array.from({ length: input.splits }, (_, split) => {
    const ids = paymentsOf(input, split).map(({ id }) => id);
    const until = ids.findIndex((id) => !written.has(id));
    const beyond = until < 0 ? [] : ids.slice(until).filter((id) => written.has(id));
    return beyond.map((id) => `payment ${id} was written, though ${ids[until]} before it was not`);
  }).flat();
}

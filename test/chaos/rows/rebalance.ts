import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { JobProcess } from '../job-process.js';
import { groupOf, inputTopic } from '../pairs/kafka-source.js';
import { kafkaOf } from '../pairs/kafka-topic.js';
import type { PairPlan } from '../pairs/pair-plan.js';
import { PairSite } from '../pairs/pair-site.js';
import type { Pair, Place } from '../pairs/sides.js';
import { type Random, randomFrom } from '../random.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const REBALANCES = 3;

/** Row 16: who has which partition changes at random moments, and exactly while a checkpoint is held. */
export const rebalance: ChaosRow<Pair> = {
  row: 16,
  title: 'a stranger joins the group and leaves it, also while a checkpoint is under way',
  needs: ['kafka'],
  modes: ['kafka-to-postgres:ledger', 'kafka-to-kafka'],
  counts: { quick: 1, release: 25 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(
      PairSite.create(servers, {
        pair: mode,
        seed,
        mistake,
        perSplit: 2_000,
        pace: { batch: 5, every: 8, ahead: 60 },
      }),
      async (site) => {
        const random = randomFrom(seed, 16);
        const point = random.oneOf(['afterStatePersisted', 'afterManifestPublished', 'afterPrepareAcknowledged']);
        const process = site.start({ fault: { kind: 'hold', point, nth: random.between(2, 6) } });
        const violations: string[] = [];
        let faults = 0;
        if (!(await process.until(({ type }) => type === 'held'))) {
          return { faults, violations: [unexpected('the process', await process.ended)] };
        }
        // While the checkpoint waits the stranger has its share, and leaves before or after it goes on.
        const first = await join(site.place);
        const early = random.next() < 0.5;
        if (early) await first.leave();
        process.goOn();
        await sleep(random.between(0, 300));
        if (!early) await first.leave();
        faults++;
        while (faults < REBALANCES && !process.isOver) {
          await sleep(random.between(0, 200));
          await visit(site.place, random, process);
          faults++;
        }
        const end = await process.ended;
        if (end.how !== 'finished') violations.push(unexpected('the process', end));
        return { faults, violations: [...violations, ...(await finishAndJudge(site))] };
      },
    ),
};

/** Comes, stays for a while, during which the process may be killed and replaced by nobody, and goes. */
async function visit(place: Place, random: Random, process: JobProcess<PairPlan>): Promise<void> {
  const stranger = await join(place);
  await Promise.race([sleep(random.between(0, 400)), process.ended]);
  await stranger.leave();
}

/** A consumer of kafkajs as anybody runs one: it reads its share, and commits none of it. Resolves when it has its share. */
async function join(place: Place): Promise<{ leave(): Promise<void> }> {
  const consumer = kafkaOf(place).consumer({
    groupId: groupOf(place),
    maxWaitTimeInMs: 50,
    sessionTimeout: 6_000,
    heartbeatInterval: 200,
    partitionAssigners: [kafkajs.PartitionAssigners.roundRobin],
  });
  await consumer.connect();
  await consumer.subscribe({ topic: inputTopic(place) });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  });
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  return { leave: () => consumer.disconnect() };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { inputTopic } from '../pairs/kafka-source.js';
import { endsOf, makeTopic, withAdmin, withProducer } from '../pairs/kafka-topic.js';
import { PairSite, type PairSiteOptions } from '../pairs/pair-site.js';
import type { Pair, Place } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import { type InputSpec, type Payment, paymentsOf } from '../workload/payments.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** ms until everything has to be there. */
const PATIENCE = 30_000;

/** It holds what is the first split's. */
const onePartition: PairSiteOptions['input'] = {
  prepare: (place) => makeTopic(place, inputTopic(place), 1),
  fill: (place, input) => send(place, 0, paymentsOf(input, 0)),
};

/** Row 17: there is one partition, and two are added while the job runs; one run in two is killed about when it finds them. */
export const partitionAdded: ChaosRow<Pair> = {
  row: 17,
  title: 'partitions are added while the job runs',
  needs: ['kafka', 'postgres'],
  modes: ['kafka-to-postgres:ledger'],
  counts: { quick: 2, release: 20 },
  run: async ({ mode, seed, servers, mistake }) =>
    withSite(
      PairSite.create(servers, { pair: mode, seed, mistake, pace: { every: 8, ahead: 60 }, input: onePartition }),
      async (site) => {
        const random = randomFrom(seed, 17);
        const plan = { bounded: false, discoveryInterval: 200 };
        let faults = 1;
        let process = site.start(plan);
        const from = random.between(1, 400);
        await process.until(({ type }) => type === 'read' && process.read >= from);
        await addPartitions(site.place, site.input);
        if (random.next() < 0.5) {
          await sleep(random.between(0, 600));
          process.kill();
          await process.ended;
          faults++;
          process = site.start(plan);
        }
        const violations: string[] = [];
        const deadline = Date.now() + PATIENCE;
        while ((await site.readBack()).length < site.elements && !process.isOver) {
          if (Date.now() > deadline) {
            violations.push(`not everything was read within ${PATIENCE} ms while the job ran`);
            break;
          }
          await sleep(100);
        }
        process.stop();
        const end = await process.ended;
        if (end.how !== 'finished') violations.push(unexpected('the process', end));
        return { faults, violations: [...violations, ...(await finishAndJudge(site))] };
      },
    ),
};

async function addPartitions(place: Place, input: InputSpec): Promise<void> {
  const topic = inputTopic(place);
  await withAdmin(place, async (admin) => {
    await admin.createPartitions({ topicPartitions: [{ topic, count: input.splits }] });
    while ((await endsOf(admin, topic)).size < input.splits) await sleep(20);
  });
  for (let split = 1; split < input.splits; split++) await send(place, split, paymentsOf(input, split));
}

async function send(place: Place, partition: number, payments: readonly Payment[]): Promise<void> {
  const messages = payments.map((payment) => ({ partition, value: JSON.stringify(payment) }));
  await withProducer(place, (producer) => producer.send({ topic: inputTopic(place), messages }));
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Message } from 'kafkajs';
import { inputTopic } from '../pairs/kafka-source.js';
import { deleteBefore, kafkaOf, makeTopic, readUntil, withProducer } from '../pairs/kafka-topic.js';
import { PairSite, type PairSiteOptions } from '../pairs/pair-site.js';
import type { Pair, Place } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import { type InputSpec, type Payment, paymentsOf } from '../workload/payments.js';
import { ownBroker } from './broker.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** ms in which the broker has compacted; nothing is judged before. */
const COMPACTED = 30_000;
/** ms after which the next record begins a segment, so that the one before can be compacted. */
const SEGMENT = 150;
const TAIL = 10;
/** No payment of the input: whoever reads it writes it. */
const STALE = JSON.stringify({ id: 77_000_000, account: 'account 1', amount: 1, at: 0 });

/**
 * Row 19: between the payments lie aborted transactions, records that are compacted away, batches of which nothing is left, and one
 * partition in two begins behind its offset 0. The logs end in aborted transactions. The job is killed once on its way.
 */
export const gaps: ChaosRow<Pair> = {
  row: 19,
  title: 'aborted transactions, gaps of compaction, empty batches',
  needs: ['kafka', 'postgres'],
  modes: ['kafka-to-postgres:ledger'],
  counts: { quick: 2, release: 20 },
  oneByOne: true,
  async run({ mode, seed, servers, mistake }) {
    const broker = await servers.own('kafka', ownBroker);
    let faults = 0;
    const input: PairSiteOptions['input'] = {
      prepare: (place, splits) =>
        makeTopic(place, inputTopic(place), splits, {
          'cleanup.policy': 'compact,delete',
          'segment.ms': '100',
          'min.cleanable.dirty.ratio': '0.01',
          'min.compaction.lag.ms': '0',
          'max.compaction.lag.ms': '100',
          'retention.ms': '-1',
        }),
      async fill(place, spec) {
        faults = await fillWithGaps(place, spec);
      },
    };
    const endpoints = { kafka: broker.endpoint };
    const options = { pair: mode, seed, mistake, endpoints, input, perSplit: 600, pace: { every: 8, ahead: 60 } };
    return withSite(PairSite.create(servers, options), async (site) => {
      const random = randomFrom(seed, 19);
      const process = site.start();
      const from = random.between(1, site.elements);
      await process.until(({ type }) => type === 'read' && process.read >= from);
      process.kill();
      const end = await process.ended;
      const violations = end.how === 'killed' || end.how === 'finished' ? [] : [unexpected('the process', end)];
      return { faults, violations: [...violations, ...(await finishAndJudge(site))] };
    });
  },
};

/** Answers how much of it there is that must not be read. */
async function fillWithGaps(place: Place, input: InputSpec): Promise<number> {
  const splits = Array.from({ length: input.splits }, (_, split) => split);
  const filled = await Promise.all(splits.map((split) => fillPartition(place, input, split)));
  await untilCompacted(place, input);
  return filled.reduce((sum, each) => sum + each, 0);
}

async function fillPartition(place: Place, input: InputSpec, partition: number): Promise<number> {
  const random = randomFrom(input.seed, 19, partition);
  const topic = inputTopic(place);
  const payments = paymentsOf(input, partition);
  const body = payments.slice(0, -TAIL);
  const write = (messages: Message[]) => withProducer(place, (producer) => producer.send({ topic, messages }));
  let unread = 1;
  if (random.next() < 0.5) {
    const count = random.between(1, 30);
    await write(garbageOf(partition, count));
    await deleteBefore(place, topic, partition, `${count}`);
    unread++;
  }
  for (let from = 0; from < body.length; ) {
    const some = body.slice(from, from + random.between(10, 80));
    const kind = random.oneOf(['plain', 'committed', 'aborted', 'stale']);
    if (kind === 'plain') await write(messagesOf(partition, some));
    if (kind === 'committed') await transaction(place, messagesOf(partition, some), 'commit');
    if (kind === 'aborted') await transaction(place, garbageOf(partition, some.length), 'abort');
    // Their keys come again with the payments; the last batch of a producer outlives its records.
    if (kind === 'stale') await write(messagesOf(partition, some).map((message) => ({ ...message, value: STALE })));
    if (kind === 'plain' || kind === 'committed') from += some.length;
    else unread++;
    if (random.next() < 0.2) await sleep(SEGMENT);
  }
  await sleep(SEGMENT);
  await write(messagesOf(partition, payments.slice(-TAIL)));
  await sleep(SEGMENT);
  // Only what lies before the newest segment is compacted.
  await transaction(place, garbageOf(partition, random.between(1, 100)), 'abort');
  return unread;
}

function messagesOf(partition: number, payments: readonly Payment[]): Message[] {
  return payments.map((payment) => ({ partition, key: `${payment.id}`, value: JSON.stringify(payment) }));
}

function garbageOf(partition: number, count: number): Message[] {
  return Array.from({ length: count }, (_, index) => ({ partition, key: `garbage ${index}`, value: STALE }));
}

async function transaction(place: Place, messages: Message[], end: 'commit' | 'abort'): Promise<void> {
  const producer = kafkaOf(place).producer({
    transactionalId: `${place.name}-${randomUUID()}`,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    const open = await producer.transaction();
    await open.send({ topic: inputTopic(place), messages });
    await open[end]();
  } finally {
    await producer.disconnect();
  }
}

/** Read by the client library: until it sees none of what is to be compacted away. */
async function untilCompacted(place: Place, input: InputSpec): Promise<void> {
  const deadline = Date.now() + COMPACTED;
  const last = new Set(
    Array.from({ length: input.splits }, (_, split) => JSON.stringify(paymentsOf(input, split).at(-1))),
  );
  for (;;) {
    const values = await readUntil(place, inputTopic(place), input.splits, (text) => last.has(text));
    if (!values.includes(STALE)) return;
    if (Date.now() > deadline) throw new Error(`the broker did not compact the topic within ${COMPACTED} ms`);
    await sleep(200);
  }
}

import { join } from 'node:path';
import { exclusive, startServices } from '@sluice/services';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { benchFolder } from '../bench-folder.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { jsonOf, nameOf } from '../nexmark/write-events.js';
import { sized } from '../size.js';
import { Unavailable } from '../unavailable.js';
import { COUNT_STREAM } from './count-data.js';

/** Fewer than in memory: some peers take fifteen seconds for a million from a broker. */
export const TOPIC_WARM_UP = sized(100_000);
export const TOPIC_BIDS = sized(500_000);

const ALL = TOPIC_WARM_UP + TOPIC_BIDS;
const SENT_AT_ONCE = 5_000;

export interface CountTopic {
  /** `host:port` */
  readonly broker: string;
  readonly topic: string;
}

/**
 * The first bids of `COUNT_STREAM` in a topic of one partition: the key is the auction as text, the value a line of `jsonBids`. Filled
 * the first time, and up to its end where that was interrupted. The broker is the one of `@sluice/services`; `use` may take as long as it likes.
 *
 * @throws Unavailable when no broker can be had
 */
export async function withCountTopic<T>(use: (topic: CountTopic) => Promise<T>): Promise<T> {
  const { kafka, stop } = await startServices(['kafka']).catch((cause: Error) => {
    throw new Unavailable(`no Kafka broker (KAFKA_BROKERS names one): ${cause.message}`);
  });
  try {
    const topic = `sluice-bench-count-${nameOf(COUNT_STREAM, ALL)}`;
    const client = new Kafka({
      clientId: 'sluice-bench',
      brokers: kafka.endpoint.split(','),
      logLevel: logLevel.NOTHING,
    });
    await exclusive(join(benchFolder, `${topic}.lock`), () => fill(client, topic));
    return await use({ broker: kafka.endpoint, topic });
  } finally {
    await stop();
  }
}

async function fill(client: Kafka, topic: string): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  try {
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] });
    const there = await length(admin, topic);
    if (there < ALL) await send(client, topic, there);
  } finally {
    await admin.disconnect();
  }
}

async function length(admin: Admin, topic: string): Promise<number> {
  const [partition] = await admin.fetchTopicOffsets(topic);
  return Number(partition?.offset ?? 0);
}

async function send(client: Kafka, topic: string, from: number): Promise<void> {
  const bids = takeBids(createNexmark(COUNT_STREAM), ALL);
  // Nothing is doubled by a producer that sends again.
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    for (let at = from; at < ALL; at += SENT_AT_ONCE) {
      const messages = bids.slice(at, at + SENT_AT_ONCE).map((bid) => ({ key: `${bid.auction}`, value: jsonOf(bid) }));
      await producer.send({ topic, messages });
    }
  } finally {
    await producer.disconnect();
  }
}

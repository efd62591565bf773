import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type EachMessagePayload, type Kafka, type Message, type Producer } from 'kafkajs';
import { createTopics } from '../../kafka/create-topics.js';
import { endpointOf, type Place } from './sides.js';

const { Partitioners } = kafkajs;
const ATTEMPTS = 40;

/** The client library by itself: what it sees, everybody sees. */
export function kafkaOf(place: Place): Kafka {
  return new kafkajs.Kafka({
    brokers: endpointOf(place, 'kafka').split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
}

export async function withAdmin<R>(place: Place, use: (admin: Admin) => Promise<R>): Promise<R> {
  const admin = kafkaOf(place).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Idempotent, so that a repeat of its own does not look like one of the job's. */
export async function withProducer<R>(place: Place, use: (producer: Producer) => Promise<R>): Promise<R> {
  const producer = kafkaOf(place).producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  try {
    return await use(producer);
  } finally {
    await producer.disconnect();
  }
}

export async function makeTopic(
  place: Place,
  topic: string,
  numPartitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await withAdmin(place, (admin) => createTopics(admin, [{ topic, numPartitions, configEntries }]));
}

export async function removeTopics(place: Place, topics: readonly string[]): Promise<void> {
  await withAdmin(place, async (admin) => {
    const there = await admin.listTopics();
    await admin.deleteTopics({ topics: topics.filter((topic) => there.includes(topic)) });
  });
}

/** By partition, the offset behind its last record; a partition that has just been made has no leader for a moment. */
export async function endsOf(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(50);
    }
  }
}

/** All records before `offset` go, as retention takes them. */
export function deleteBefore(place: Place, topic: string, partition: number, offset: string): Promise<void> {
  return withAdmin(place, async (admin) => {
    // Without it the library does not know who leads the partition.
    await endsOf(admin, topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
  });
}

/** Committed values from the first one on, until `isLast` was true of one of each partition. */
export async function readUntil(
  place: Place,
  topic: string,
  partitions: number,
  isLast: (text: string, partition: number, offset: bigint) => boolean,
): Promise<string[]> {
  const left = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const values = Array.from({ length: partitions }, (): string[] => []);
  const consumer = kafkaOf(place).consumer({ groupId: `${place.name}-judge-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = async ({ partition, message }: EachMessagePayload): Promise<void> => {
        const text = message.value?.toString() ?? '';
        values[partition]?.push(text);
        if (isLast(text, partition, BigInt(message.offset))) left.delete(partition);
        if (left.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return values.flat();
}

const END = JSON.stringify('the end of what is judged');

/** All committed values of a topic, partition after partition. Behind the last of them it writes a record of its own, to see that it has come so far. */
export async function readTopic(place: Place, topic: string): Promise<string[]> {
  const partitions = [...(await withAdmin(place, (admin) => endsOf(admin, topic))).keys()];
  const messages: Message[] = partitions.map((partition) => ({ partition, value: END }));
  const written = await withProducer(place, (producer) => producer.send({ topic, messages }));
  const ends = new Map(written.map(({ partition, baseOffset = '0' }) => [partition, BigInt(baseOffset)]));
  const isLast = (_text: string, partition: number, offset: bigint): boolean => offset >= (ends.get(partition) ?? 0n);
  return (await readUntil(place, topic, partitions.length, isLast)).filter((value) => value !== END);
}

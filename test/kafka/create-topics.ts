import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';

const PATIENCE = 60_000;

/**
 * Resolves when each partition has a leader. kafkajs' own waiting fails at once when the broker has not heard of the topic yet.
 *
 * Nothing is ever deleted by age unless a topic says so: tests write records that are years old.
 */
export async function createTopics(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ configEntries = [], ...topic }) => ({
      ...topic,
      configEntries: configEntries.some(({ name }) => name === 'retention.ms')
        ? configEntries
        : [...configEntries, { name: 'retention.ms', value: '-1' }],
    })),
  });
  const deadline = Date.now() + PATIENCE;
  while (!(await known(admin, topics))) {
    if (Date.now() > deadline) throw new Error(`no leaders of ${topics.map(({ topic }) => topic).join(', ')}`);
    await sleep(20);
  }
}

async function known(admin: Admin, topics: readonly ITopicConfig[]): Promise<boolean> {
  try {
    const found = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
    return topics.every(({ topic, numPartitions = 1 }) => {
      const partitions = found.topics.find(({ name }) => name === topic)?.partitions ?? [];
      return partitions.length === numPartitions && partitions.every(({ leader }) => leader >= 0);
    });
  } catch (error) {
    const { type } = error as { readonly type?: string };
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}

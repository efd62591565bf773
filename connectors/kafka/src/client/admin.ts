import kafkajs from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { translated } from './translate.js';

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Left out: the broker's default. */
  readonly replicas?: number | undefined;
  readonly config?: Readonly<Record<string, string>> | undefined;
}

/** What is asked of a cluster beside records. */
export interface KafkaAdmin {
  /** False: it was there already, as it is. Brokers may not know a new one for a moment. */
  createTopic(topic: NewTopic): Promise<boolean>;
  /** Settings of a topic by name, defaults included. */
  topicConfig(topic: string): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** @throws KafkaFailure, as every method does */
export function openAdmin({ kafka }: KafkaConnection): Promise<KafkaAdmin> {
  return translated(async () => {
    const admin = kafka.admin();
    await admin.connect();
    return {
      createTopic: ({ topic, partitions, replicas, config = {} }) =>
        translated(() =>
          admin.createTopics({
            // kafkajs gives up at the first broker that does not know the topic yet.
            waitForLeaders: false,
            topics: [
              {
                topic,
                numPartitions: partitions,
                ...(replicas === undefined ? {} : { replicationFactor: replicas }),
                configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
              },
            ],
          }),
        ),
      topicConfig: (topic) =>
        translated(async () => {
          const { resources } = await admin.describeConfigs({
            includeSynonyms: false,
            resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
          });
          const entries = resources.flatMap(({ configEntries }) => configEntries);
          return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
        }),
      close: () => translated(() => admin.disconnect()),
    };
  });
}

import { join } from 'node:path';
import type { ArmResult } from '../arm.js';
import { jsonBids } from '../nexmark/write-events.js';
import { javaProgram } from '../peers/jvm/java-program.js';
import { runJava } from '../peers/jvm/run-java.js';
import { COUNT_BIDS, COUNT_STREAM, COUNT_WARM_UP } from './count-data.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';
import { inTemporaryFolder } from './temporary-folder.js';

const VERSION = '4.1.2';

const SOURCES = {
  folder: 'kafka',
  artifacts: [
    { groupId: 'org.apache.kafka', artifactId: 'kafka-streams', version: VERSION },
    { groupId: 'org.apache.kafka', artifactId: 'kafka-streams-test-utils', version: VERSION },
    { groupId: 'org.slf4j', artifactId: 'slf4j-nop', version: '1.7.36' },
  ],
} as const;

/** The keyed count in Kafka Streams' driver for tests, of the same bids in memory. */
export function countInKafkaStreamsDriver(): Promise<ArmResult> {
  return inTemporaryFolder(async (folder) => {
    const program = await javaProgram(SOURCES);
    const file = await jsonBids(COUNT_STREAM, COUNT_WARM_UP + COUNT_BIDS);
    return runJava(program, 'bench.CountInDriver', [file, COUNT_WARM_UP, join(folder, 'state')]);
  });
}

/** The keyed count in Kafka Streams, of the same topic. */
export function countInKafkaStreams(): Promise<ArmResult> {
  return withCountTopic(({ broker, topic }) =>
    inTemporaryFolder(async (folder) => {
      const program = await javaProgram(SOURCES);
      const application = `sluice-bench-streams-${process.pid}`;
      return runJava(program, 'bench.CountFromBroker', [
        ...[broker, topic, TOPIC_WARM_UP, TOPIC_WARM_UP + TOPIC_BIDS],
        ...[application, join(folder, 'state')],
      ]);
    }),
  );
}

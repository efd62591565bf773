import type { Logger, SourceSplit } from '@sluice/connector-sdk';
import { kafkaError } from '../client/kafka-error.js';
import { connected } from './connected.js';
import { matchingTopics } from './matching-topics.js';
import { settleSplits } from './settle-splits.js';
import type { SourceSettings } from './source-settings.js';
import { type KafkaSplit, splitId } from './split.js';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The splits that a run would begin with, for somebody who asks without one. */
export async function discoverAlone(settings: SourceSettings): Promise<readonly SourceSplit<KafkaSplit>[]> {
  const log = await connected(settings, silent);
  try {
    const splits: KafkaSplit[] = [];
    for (const topic of await matchingTopics(log, settings)) {
      splits.push(...(await settleSplits(log, settings, topic, await log.partitions(topic), false)));
    }
    return splits.map((split) => ({ id: splitId(split.topic, split.partition), split }));
  } catch (error) {
    const { component, connection, group } = settings;
    throw kafkaError({ component, brokers: connection.brokers, group }, error);
  } finally {
    await log.close();
  }
}

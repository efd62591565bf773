import { SluiceError } from '@sluice/connector-sdk';
import type { KafkaLog } from '../client/kafka-log.js';
import type { SourceSettings } from './source-settings.js';

/** The names of the topics that the options mean. What brokers keep for themselves matches no pattern. */
export async function matchingTopics(log: KafkaLog, settings: SourceSettings): Promise<readonly string[]> {
  const { topics, bounded, component } = settings;
  if (!(topics instanceof RegExp)) return topics;
  const matching = (await log.topics()).filter((topic) => !topic.startsWith('__') && topics.test(topic)).sort();
  if (matching.length === 0 && bounded !== undefined) {
    throw new SluiceError({
      code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
      component,
      expected: `a topic that matches ${topics}`,
      actual: 'none',
      remedy: 'create one, or correct the pattern: a bounded source does not wait for topics',
    });
  }
  return matching;
}

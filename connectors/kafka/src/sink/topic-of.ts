import { notARecord } from './not-a-record.js';
import { unknownTopic } from './refusal.js';
import { isTopic, type RecordSettings } from './sink-settings.js';

/** Where an element goes. What the function of the user throws passes through. @throws SLUICE_KAFKA_VALUE, SLUICE_KAFKA_TOPIC_UNKNOWN */
export function topicOf<T>({ component, record }: RecordSettings<T>, element: T): string {
  const topic: unknown = record.topic(element);
  if (isTopic(topic)) return topic;
  if (typeof topic === 'string') throw unknownTopic(component, topic);
  throw notARecord(component, '`topic` to give the name of a topic', topic);
}

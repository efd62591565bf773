import { SluiceError } from '@sluice/connector-sdk';
import type { EncodedRecord } from './encoded-record.js';
import type { TopicInfo } from './topic-info.js';

/** What every batch has beside its records. */
export const BATCH_OVERHEAD = 61;

/**
 * Why the broker would refuse the record. It has to be known before the checkpoint: a record that is found to be impossible after it
 * would be tried again for ever.
 */
export function refusalOf(
  component: string,
  info: TopicInfo,
  record: EncodedRecord,
  now: number,
): SluiceError | undefined {
  const { topic } = info;
  if (record.bytes + BATCH_OVERHEAD > info.maxBatchBytes) {
    return new SluiceError({
      code: 'SLUICE_KAFKA_RECORD_TOO_LARGE',
      component,
      expected: `a record for ${topic} of less than ${info.maxBatchBytes} bytes before compression, its max.message.bytes`,
      actual: `one of ${record.bytes}`,
      remedy: 'write smaller records, or raise `max.message.bytes` of the topic',
    });
  }
  if (info.compacted && record.key === null) {
    return new SluiceError({
      code: 'SLUICE_KAFKA_KEY',
      component,
      expected: `a key for each record of ${topic}, which is compacted`,
      actual: 'none',
      remedy: 'give `key`',
    });
  }
  const { timestamp } = record;
  if (timestamp < 0 || now - timestamp > info.timestampBefore || timestamp - now > info.timestampAfter) {
    return new SluiceError({
      code: 'SLUICE_KAFKA_TIMESTAMP',
      component,
      expected: `a timestamp that ${topic} takes: from ${info.timestampBefore} ms before to ${info.timestampAfter} ms after now, and not before 1970`,
      actual: `${timestamp}, at ${now}`,
      remedy: 'set `timestamp`, or `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms` of the topic',
    });
  }
  return undefined;
}

export function unknownTopic(component: string, topic: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
    component,
    expected: `the topic ${topic.slice(0, 249)}`,
    actual: 'none of this name',
    remedy: 'create the topic, or correct its name: topics are never created by writing to them',
  });
}

export function badPartition(component: string, { topic, partitions }: TopicInfo, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_PARTITION',
    component,
    expected: `\`partition\` to answer a whole number from 0 to ${partitions.length - 1} for ${topic}`,
    actual: String(actual).slice(0, 40),
    remedy: 'take the remainder by its second argument, the number of partitions',
  });
}

/** What has to be known of a topic before a record for it is taken. */
export interface TopicInfo {
  readonly topic: string;
  /** Ids of its partitions, ascending. */
  readonly partitions: readonly number[];
  /** `max.message.bytes`: the largest batch. */
  readonly maxBatchBytes: number;
  /** Every record needs a key. */
  readonly compacted: boolean;
  /** Milliseconds that a record's timestamp may be before or behind the broker's clock. */
  readonly timestampBefore: number;
  readonly timestampAfter: number;
}

const DEFAULT_BATCH_BYTES = 1_048_588;

/** What a broker that does not show settings, or an older one that has not all of them, is taken to have is Kafka's default. */
export function topicInfo(
  topic: string,
  partitions: readonly number[],
  config: ReadonlyMap<string, string>,
): TopicInfo {
  const difference = config.get('message.timestamp.difference.max.ms');
  const logAppendTime = config.get('message.timestamp.type') === 'LogAppendTime';
  const bound = (name: string) => {
    const value = Number(config.get(name) ?? difference);
    return logAppendTime || !(value >= 0) ? Number.POSITIVE_INFINITY : value;
  };
  return {
    topic,
    partitions,
    maxBatchBytes: Number(config.get('max.message.bytes') ?? DEFAULT_BATCH_BYTES),
    compacted: (config.get('cleanup.policy') ?? '').split(',').includes('compact'),
    timestampBefore: bound('message.timestamp.before.max.ms'),
    timestampAfter: bound('message.timestamp.after.max.ms'),
  };
}

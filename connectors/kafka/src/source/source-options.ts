import type { Decoder, Duration } from '@sluice/connector-sdk';
import type { KafkaConnectionOptions } from '../client/connection-options.js';
import type { PoisonPolicy } from './poison.js';
import type { BoundedOffsets, StartingOffsets } from './starting-offsets.js';

/** A record of a topic with all that Kafka keeps about it. */
export interface KafkaRecord<K, V> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Epoch milliseconds: the producer's clock, or the broker's where the topic says so. */
  readonly timestamp: number;
  readonly key: K;
  readonly value: V;
  /** Of headers with the same name, the last one. */
  readonly headers: ReadonlyMap<string, Uint8Array>;
}

/** Options of `kafkaSource` and `kafkaRecordSource`. */
export interface KafkaSourceOptions<V> extends KafkaConnectionOptions {
  /** A topic, a list of them, or a pattern for their names: topics that match later are taken in while the source runs. */
  readonly topic: string | readonly string[] | RegExp;
  /**
   * The consumer group, one for each job: who lags is seen by it, and offsets are committed to it. It does not decide what is read:
   * positions are the checkpoint's.
   */
  readonly groupId: string;
  /** What a record's value is: `json()`, `text()`, `bytes()`, `avro(...)`, or any decoder. */
  readonly value: Decoder<V>;
  /** Where partitions begin when there is no position for them in a checkpoint, default `'committed'`. Those found while running always begin at their first record. */
  readonly startingOffsets?: StartingOffsets;
  /** Ends the source there; left out, it never ends. */
  readonly bounded?: BoundedOffsets;
  /** What becomes of a record that cannot be decoded, default `'fail'`. */
  readonly poison?: PoisonPolicy;
  /** What becomes of a record without a value (a tombstone): treated as poison (default), left out, or delivered as a value of your own. */
  readonly tombstones?: 'poison' | 'skip' | { readonly value: V };
  /** Whether records of transactions are delivered only when these are committed (default), or at once and whatever becomes of them. */
  readonly isolation?: 'read-committed' | 'read-uncommitted';
  /** Commits the positions of completed checkpoints to the group, default true. It is for the eyes of others: a restart does not read them. */
  readonly commitOffsetsOnCheckpoints?: boolean;
  /** For a job that keeps no checkpoints: commits to the group what its sinks have written, so that a restart goes on there. Default true. */
  readonly autoCommit?: boolean;
  /** How often `autoCommit` commits at most, default 5 s. */
  readonly autoCommitInterval?: Duration;
  /** How long brokers may be away while the source keeps trying, default 2 min. After that the job fails, and its restart strategy decides. */
  readonly retryFor?: Duration;
  /** How long the group waits for a member that is silent before it gives its partitions to others, default 10 s. */
  readonly sessionTimeout?: Duration;
  /** How often the member says that it is there, default a third of `sessionTimeout`. */
  readonly heartbeatInterval?: Duration;
  /** How long the group waits for its members when it is shared out anew, default 60 s. */
  readonly rebalanceTimeout?: Duration;
  /** Bytes that one request takes of one partition, default 1 MiB. A batch that is larger comes whole. */
  readonly maxBytesPerPartition?: number;
  /** Bytes that one request takes, default 8 MiB. */
  readonly maxBytes?: number;
  /** Bytes of keys and values that are held ready for each partition, default 2 MiB; nothing is requested above. */
  readonly bufferBytes?: number;
  /** Records that are held ready for each partition, default 20,000; nothing is requested above. */
  readonly bufferRecords?: number;
}

import type { Duration, Encoder } from '@sluice/connector-sdk';
import type { KafkaConnectionOptions } from '../client/connection-options.js';
import type { CompressionCodec } from '../compression/compression-codec.js';

/** What is written, and where, in either mode of `kafkaSink`. */
export interface KafkaRecordOptions<T> extends KafkaConnectionOptions {
  /** The topic, or the topic of each element. Topics have to exist. */
  readonly topic: string | ((value: T) => string);
  /** The record's key; strings are written in UTF-8. Without one, or with `null`, the record has none. */
  readonly key?: (value: T) => string | Uint8Array | null | undefined;
  /** The record's value: `json()`, `text()`, `bytes()`, `avro(…)`, `protobuf(…)`, or your own. */
  readonly value: Encoder<T>;
  /** True: the record is a tombstone, with its key and no value. */
  readonly tombstone?: (value: T) => boolean;
  readonly headers?: (value: T) => Readonly<Record<string, string | Uint8Array>>;
  /** The record's timestamp in epoch milliseconds. Default: the element's event time, or the clock where it has none. */
  readonly timestamp?: (value: T, timestamp: number) => number;
  /** The partition, from 0. Default: by the key as Java's producers do (murmur2); without a key, one partition after the other. */
  readonly partition?: (value: T, partitions: number) => number;
  /** Default: none. */
  readonly compression?: CompressionCodec;
}

/** How `kafkaSink` writes exactly once. */
export interface KafkaSinkOptions<T> extends KafkaRecordOptions<T> {
  readonly guarantee?: 'transactional';
  /** `'epoch'`, the only way there is: the records of an epoch in one transaction, once its checkpoint is complete. */
  readonly transactional?: 'epoch';
  /** Bytes of encoded records at which an epoch asks for a checkpoint and is full until then. Default 64 MiB. */
  readonly maxEpochBytes?: number;
  /** How long the broker lets a transaction be open: at least as long as an epoch takes to be written, at most its `transaction.max.timeout.ms`. Default 60 s. */
  readonly transactionTimeout?: Duration;
  /** Beginning of the transactional ids. Jobs of one name that share a cluster and are not the same job need different ones. Default `sluice`. */
  readonly transactionalIdPrefix?: string;
  /** The topic that proves what has been committed, made when it is not there. Default `sluice-ledger`. */
  readonly ledgerTopic?: string;
  /** Runs of the job whose commits can be proved; a commit of an earlier one is refused. Default 200. */
  readonly ledgerRuns?: number;
}

/** How `kafkaSink` writes at least once. */
export interface KafkaAtLeastOnceSinkOptions<T> extends KafkaRecordOptions<T> {
  readonly guarantee: 'at-least-once';
  /** Records that are sent together at most. Default 5,000. */
  readonly batchRecords?: number;
  /** Bytes of keys and values that are sent together at most. Default 4 MiB. */
  readonly batchBytes?: number;
  /** How long a record waits for others. Default 10 ms. */
  readonly linger?: Duration;
}

import {
  type BatchResult,
  batchWriter,
  type Rejected,
  type SinkContext,
  type SinkWriter,
  SluiceError,
} from '@sluice/connector-sdk';
import type { KafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { kafkaError } from '../client/kafka-error.js';
import { type KafkaProducer, type OutgoingRecord, openProducer } from '../client/producer.js';
import { PartitionChooser } from './choose-partition.js';
import { type EncodedRecord, recordEncoder } from './encoded-record.js';
import { largestBatch, MOST_RECORDS } from './record-batch.js';
import { BATCH_OVERHEAD, badPartition, refusalOf, unknownTopic } from './refusal.js';
import type { AtLeastOnceSettings } from './sink-settings.js';
import type { TopicCatalog } from './topic-catalog.js';
import { topicOf } from './topic-of.js';

interface Item<T> {
  readonly value: T;
  readonly record: EncodedRecord;
}

interface Addressed<T> {
  readonly item: Item<T>;
  readonly outgoing: OutgoingRecord;
  /** Bytes that a batch of its partition may have. */
  readonly largest: number;
}

/** In order, and so that no partition's batch in a send is larger than its topic allows. */
function* sends<T>(addressed: readonly Addressed<T>[]): Generator<readonly Addressed<T>[]> {
  let round: Addressed<T>[] = [];
  let bytes = new Map<string, number>();
  for (const one of addressed) {
    const { topic, partition } = one.outgoing;
    const name = `${topic}/${partition}`;
    const before = bytes.get(name) ?? BATCH_OVERHEAD;
    if (round.length > 0 && (before + one.item.record.bytes > one.largest || round.length >= MOST_RECORDS)) {
      yield round;
      round = [];
      bytes = new Map();
    }
    round.push(one);
    bytes.set(name, (bytes.get(name) ?? BATCH_OVERHEAD) + one.item.record.bytes);
  }
  if (round.length > 0) yield round;
}

/**
 * Sends batches as they fill up. One send is under way at a time, and after any failure the producer is replaced: the client library
 * numbers the records of a failed send anew, and the broker would take others under the same numbers for repeats and drop them.
 */
export function atLeastOnceWriter<T>(
  settings: AtLeastOnceSettings<T>,
  connection: KafkaConnection,
  catalog: TopicCatalog,
  context: SinkContext<T>,
): SinkWriter<T> {
  const { component, compression, record: options } = settings;
  const encode = recordEncoder(settings, context.clock);
  const chooser = new PartitionChooser(options.partition);
  let producer: KafkaProducer | undefined;

  async function send(records: readonly OutgoingRecord[]): Promise<void> {
    producer ??= await openProducer(connection, { compression, idempotent: true });
    try {
      await producer.send(records);
    } catch (error) {
      const broken = producer;
      producer = undefined;
      await broken.close().catch(() => {});
      throw error;
    }
  }

  /** Those of a send that is refused as too large are sent in halves, until the one is found that cannot be written. */
  async function sendOrSplit(round: readonly Addressed<T>[], rejected: Rejected<Item<T>>[]): Promise<void> {
    try {
      await send(round.map(({ outgoing }) => outgoing));
    } catch (error) {
      const [first] = round;
      if (failureOf(error).kind !== 'too-large' || first === undefined) throw error;
      if (round.length === 1) {
        rejected.push({ value: first.item, cause: errorOf(error) });
        return;
      }
      const half = Math.ceil(round.length / 2);
      await sendOrSplit(round.slice(0, half), rejected);
      await sendOrSplit(round.slice(half), rejected);
    }
  }

  async function address(item: Item<T>, rejected: Rejected<Item<T>>[]): Promise<Addressed<T> | undefined> {
    const { value, record } = item;
    const info = catalog.get(record.topic) ?? (await catalog.load(record.topic));
    if (info === undefined) {
      rejected.push({ value: item, cause: unknownTopic(component, record.topic) });
      return undefined;
    }
    const partition = chooser.choose(info, value, record);
    const cause =
      partition === undefined
        ? badPartition(component, info, options.partition?.(value, info.partitions.length))
        : refusalOf(component, info, record, context.clock.now());
    if (cause !== undefined || partition === undefined) {
      rejected.push({ value: item, cause });
      return undefined;
    }
    const { topic, key, value: content, headers, timestamp } = record;
    const outgoing = { topic, partition, key, value: content, timestamp, headers: Object.fromEntries(headers) };
    return { item, outgoing, largest: largestBatch(info.maxBatchBytes) };
  }

  async function write(batch: readonly Item<T>[]): Promise<BatchResult<Item<T>>> {
    const rejected: Rejected<Item<T>>[] = [];
    let unsent = batch;
    try {
      const addressed: Addressed<T>[] = [];
      for (const item of batch) {
        const one = await address(item, rejected);
        if (one !== undefined) addressed.push(one);
      }
      unsent = addressed.map(({ item }) => item);
      let sent = 0;
      for (const round of sends(addressed)) {
        await sendOrSplit(round, rejected);
        sent += round.length;
        unsent = addressed.slice(sent).map(({ item }) => item);
      }
      return { rejected };
    } catch (error) {
      if (SluiceError.isInstance(error) || !failureOf(error).retriable) throw errorOf(error);
      context.logger.warn({ uid: context.uid, failure: failureOf(error).message }, 'records are sent again later');
      const given = new Set(rejected.map(({ value }) => value));
      return { rejected, retry: unsent.filter((item) => !given.has(item)) };
    }
  }

  function errorOf(error: unknown): SluiceError {
    return kafkaError({ component, brokers: settings.connection.brokers }, error);
  }

  const batches = batchWriter<Item<T>>(
    { ...context, reject: ({ value }, cause) => context.reject(value, cause) },
    {
      maxCount: settings.batchRecords,
      maxBytes: settings.batchBytes,
      sizeOf: ({ record }) => record.bytes,
      linger: settings.linger,
      write,
      async close() {
        await Promise.allSettled([producer?.close(), catalog.close()]);
      },
    },
  );

  return {
    write(value, timestamp) {
      let record: EncodedRecord;
      try {
        record = encode(topicOf(settings, value), value, timestamp);
      } catch (cause) {
        context.reject(value, cause);
        return undefined;
      }
      return batches.write({ value, record }, timestamp);
    },
    flush: () => batches.flush(),
    close: () => batches.close(),
  };
}

import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import { kafkaError } from '../client/kafka-error.js';
import { PartitionChooser } from './choose-partition.js';
import type { KafkaCommittable } from './committable.js';
import { type EncodedRecord, recordEncoder } from './encoded-record.js';
import { GrowingBatch, type RecordBatch } from './record-batch.js';
import { badPartition, refusalOf, unknownTopic } from './refusal.js';
import type { EpochSettings } from './sink-settings.js';
import type { TopicCatalog } from './topic-catalog.js';
import type { TopicInfo } from './topic-info.js';
import { topicOf } from './topic-of.js';

interface Waiting<T> {
  readonly value: T;
  readonly timestamp: number;
}

/** Keeps an epoch's records, encoded, until its barrier; they go into the checkpoint and from there, once it is complete, to Kafka. */
export function epochWriter<T>(
  settings: EpochSettings<T>,
  catalog: TopicCatalog,
  context: SinkContext<T>,
): TransactionalWriter<T, KafkaCommittable> {
  const encode = recordEncoder(settings, context.clock);
  const chooser = new PartitionChooser(settings.record.partition);
  return {
    begin: () => epochTransaction(settings, catalog, chooser, encode, context),
    close: () => catalog.close(),
  };
}

function epochTransaction<T>(
  settings: EpochSettings<T>,
  catalog: TopicCatalog,
  chooser: PartitionChooser<T>,
  encode: (topic: string, value: T, timestamp: number) => EncodedRecord,
  context: SinkContext<T>,
): Transaction<T, KafkaCommittable> {
  const { component, record: options, maxEpochBytes } = settings;
  const { job, uid: sink, incarnation, epoch, subtask, clock } = context;
  let batches: RecordBatch[] = [];
  const growing = new Map<string, GrowingBatch>();
  /** Elements whose topic is being looked up. */
  const lookups = new Map<string, { readonly elements: Waiting<T>[]; readonly done: Promise<void> }>();
  let failure: { readonly cause: unknown } | undefined;
  let bytes = 0;
  let sealed: Promise<void> | undefined;
  let seal = () => {};

  function add(info: TopicInfo, value: T, timestamp: number): void {
    let record: EncodedRecord;
    try {
      record = encode(info.topic, value, timestamp);
    } catch (cause) {
      context.reject(value, cause);
      return;
    }
    const partition = chooser.choose(info, value, record);
    const refusal =
      partition === undefined
        ? badPartition(component, info, options.partition?.(value, info.partitions.length))
        : refusalOf(component, info, record, clock.now());
    if (refusal !== undefined || partition === undefined) {
      context.reject(value, refusal);
      return;
    }
    append(info, partition, record);
  }

  function append(info: TopicInfo, partition: number, record: EncodedRecord): void {
    const name = `${info.topic}/${partition}`;
    let batch = growing.get(name);
    if (batch !== undefined && !batch.fits(record)) {
      batches.push(batch.finish());
      batch = undefined;
    }
    if (batch === undefined) {
      batch = new GrowingBatch(info.topic, partition, info.maxBatchBytes);
      growing.set(name, batch);
    }
    const before = batch.bytes;
    batch.add(record);
    bytes += batch.bytes - before;
    if (sealed !== undefined || bytes < maxEpochBytes) return;
    sealed = new Promise((resolve) => {
      seal = resolve;
    });
    context.requestCheckpoint();
  }

  /** What follows for this topic waits as well, so that its order stays. */
  function defer(topic: string, element: Waiting<T>): Promise<void> {
    let lookup = lookups.get(topic);
    if (lookup === undefined) {
      const elements: Waiting<T>[] = [];
      lookup = { elements, done: lookUp(topic, elements) };
      lookups.set(topic, lookup);
    }
    lookup.elements.push(element);
    return lookup.done;
  }

  async function lookUp(topic: string, elements: readonly Waiting<T>[]): Promise<void> {
    try {
      const info = await catalog.load(topic);
      lookups.delete(topic);
      for (const { value, timestamp } of elements) {
        if (info === undefined) context.reject(value, unknownTopic(component, topic));
        else add(info, value, timestamp);
      }
    } catch (cause) {
      failure ??= { cause };
    }
  }

  return {
    write(value, timestamp) {
      let topic: string;
      try {
        topic = topicOf(settings, value);
      } catch (cause) {
        context.reject(value, cause);
        return sealed;
      }
      const info = lookups.has(topic) ? undefined : catalog.get(topic);
      if (info === undefined) return defer(topic, { value, timestamp });
      add(info, value, timestamp);
      return sealed;
    },
    async prepare(checkpoint) {
      await Promise.all(Array.from(lookups.values(), ({ done }) => done));
      seal();
      if (failure !== undefined) throw kafkaError({ component, brokers: settings.connection.brokers }, failure.cause);
      for (const batch of growing.values()) batches.push(batch.finish());
      growing.clear();
      if (batches.length === 0) return [];
      return [{ transaction: { job, sink, incarnation, epoch, subtask, checkpoint }, batches }];
    },
    async abort() {
      batches = [];
      growing.clear();
      lookups.clear();
      seal();
    },
  };
}

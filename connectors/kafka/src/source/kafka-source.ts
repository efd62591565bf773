import { defineSource, type Source, structuredCodec } from '@sluice/connector-sdk';
import { discoverAlone } from './discover-alone.js';
import type { DecodeRecord } from './record-batch.js';
import { recordDecoder, valueDecoder } from './record-decoders.js';
import type { KafkaRecord, KafkaSourceOptions } from './source-options.js';
import { SourceRun } from './source-run.js';
import { type SourceSettings, sourceSettings } from './source-settings.js';
import type { KafkaSplit } from './split.js';

/**
 * A replayable source of the values of Kafka topics.
 *
 * Each partition is a split that is read in order; it emits one value for each record, with the record's timestamp. Records of aborted
 * transactions are not emitted. Partitions that are added, and topics that come to match a pattern, are found at the discovery interval
 * of `fromSource` and read from their first record on.
 *
 * The position is the next offset: it is all the state there is, kept in the checkpoint together with where each partition began (and
 * ends, when it is bounded). It goes on over control records, aborted transactions and the gaps of compaction. A position that the
 * partition does not have any more fails the job; it is never set to another one.
 *
 * The consumer group tells others how far the job is, and shares partitions with strangers that join it: a partition that is taken away
 * is reported (`partitionRevoked`), and read on where it was left when it comes back (`partitionAssigned`). Sluice sources in one group
 * each read everything.
 *
 * Brokers that go away are waited for, up to `retryFor`.
 *
 * @param options `brokers`, `topic`, `groupId` and `value` are needed; the others as in `KafkaSourceOptions`.
 *
 * Errors at once: SLUICE_KAFKA_OPTIONS. At start: SLUICE_KAFKA_UNREACHABLE, SLUICE_KAFKA_TLS, SLUICE_KAFKA_AUTHENTICATION,
 * SLUICE_KAFKA_AUTHORIZATION, SLUICE_KAFKA_TOPIC_UNKNOWN, SLUICE_KAFKA_NOT_COMMITTED. While it runs: these, and SLUICE_KAFKA_OFFSET_GONE
 * when retention has passed the position or the topic was made anew; SLUICE_KAFKA_RECORD for a record that does not decode when
 * `poison` is `'fail'`; SLUICE_KAFKA_CODEC and SLUICE_KAFKA_BATCH_OVERFLOW for batches that cannot be read; SLUICE_KAFKA_GROUP when
 * the group is used by clients of another kind; SLUICE_KAFKA for what the broker says otherwise.
 *
 * @example
 * const views = kafkaSource({
 *   brokers: ['localhost:9092'],
 *   topic: 'views',
 *   groupId: 'sessions',
 *   value: json<{ user: string; at: number }>(),
 * });
 */
export function kafkaSource<V>(options: KafkaSourceOptions<V>): Source<V, KafkaSplit, bigint> {
  const component = 'kafkaSource';
  const settings = sourceSettings(component, options);
  return partitionSource(settings, valueDecoder(component, options.value, options.tombstones));
}

/**
 * The same as `kafkaSource`, but it emits whole records: topic, partition, offset, timestamp, key, value and headers.
 *
 * @param options As for `kafkaSource`; `value` decodes the value, key and headers are bytes.
 *
 * @example
 * const records = kafkaRecordSource({ brokers: ['localhost:9092'], topic: /^orders-/, groupId: 'audit', value: text() });
 */
export function kafkaRecordSource<V>(
  options: KafkaSourceOptions<V>,
): Source<KafkaRecord<Uint8Array | null, V>, KafkaSplit, bigint> {
  const component = 'kafkaRecordSource';
  const settings = sourceSettings(component, options);
  return partitionSource(settings, recordDecoder(valueDecoder(component, options.value, options.tombstones)));
}

function partitionSource<T>(settings: SourceSettings, decode: DecodeRecord<T>): Source<T, KafkaSplit, bigint> {
  // `discover` belongs to the source and needs what `open` has made: both are given the run's signal.
  const runs = new WeakMap<AbortSignal, SourceRun<T>>();
  return defineSource<T, KafkaSplit, bigint>({
    name: settings.component,
    bounded: settings.bounded !== undefined,
    replayable: true,
    sideOutputs: typeof settings.poison === 'object' ? [settings.poison] : [],
    splitCodec: structuredCodec<KafkaSplit>(),
    positionCodec: structuredCodec<bigint>(),
    discover: (signal) => runs.get(signal)?.discover() ?? discoverAlone(settings),
    async open(context) {
      const run = await SourceRun.open(context, settings, decode);
      runs.set(context.signal, run);
      return run;
    },
  });
}

import {
  type AtLeastOnceSink,
  defineSink,
  type PluginContext,
  type Sink,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import { type KafkaConnection, kafkaConnection } from '../client/connection.js';
import { endingConnection } from '../client/ending-connection.js';
import { kafkaError } from '../client/kafka-error.js';
import { option } from '../client/option.js';
import { atLeastOnceWriter } from './at-least-once-writer.js';
import { checkTopic, checkTransactions } from './check-sink.js';
import type { KafkaCommittable } from './committable.js';
import { committableCodec } from './committable-codec.js';
import { epochWriter } from './epoch-writer.js';
import { kafkaCommitter } from './kafka-committer.js';
import type { KafkaAtLeastOnceSinkOptions, KafkaSinkOptions } from './sink-options.js';
import { atLeastOnceSettings, type EpochSettings, epochSettings, type RecordSettings } from './sink-settings.js';
import { TopicCatalog } from './topic-catalog.js';

/**
 * Records in Kafka topics: exactly once for those who read committed records, or at least once.
 *
 * **Exactly once** (the default): the records of an epoch (what arrives between two checkpoints) are encoded as they come and kept, at
 * most `maxEpochBytes` of them, in the checkpoint. Once that is complete they are written in one Kafka transaction, with an entry in the
 * ledger topic that says so. A Kafka transaction cannot be resumed after a crash, so the repeat decides by the ledger: it initialises the
 * sink's transactional id, which ends what an earlier run has left open and shuts that run out, reads the ledger to its end, and
 * writes only what is not in it. The broker refuses the write when anybody else has initialised the id meanwhile, so what was read is
 * still true. The ledger also says which run may write: a run that was stopped and goes on later finds a newer one there, and ends with
 * SLUICE_FENCED, having written nothing. Commits of one sink are in order. Consumers have to read with `isolation.level=read_committed`,
 * and see an epoch when its checkpoint is complete.
 *
 * The ledger topic (`sluice-ledger`, made when it is missing, one for all jobs of a cluster) is compacted: the newest entry of a key is never
 * deleted. Each sink of a job has an entry for the run that may write, and one for each incarnation of the job with the last
 * commit of each of its last `ledgerRuns` runs. What is older than these is refused (SLUICE_KAFKA_PROOF_PRUNED), and so is a checkpoint whose
 * ledger is gone (SLUICE_KAFKA_LEDGER_LOST): nothing is repeated on a guess.
 *
 * **At least once** (`guarantee: 'at-least-once'`): records are sent as they come, by an idempotent producer with `acks=all`, and flushed at
 * each checkpoint; what came after the last one is written again after a crash.
 *
 * Records that a topic cannot take (too large, no key for a compacted topic, a timestamp out of its bounds, a topic or partition
 * that is not there) go, with the element, to the `rejected` output of `to(…)`; without one they fail the job.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once. Before the job starts: SLUICE_KAFKA_UNREACHABLE, _TLS, _AUTHENTICATION, _AUTHORIZATION, _TOPIC_UNKNOWN (of a
 * constant topic), _LEDGER, _TRANSACTION_TIMEOUT. To the `rejected` output: SLUICE_KAFKA_RECORD_TOO_LARGE, _VALUE, _KEY, _TIMESTAMP,
 * _PARTITION, _TOPIC_UNKNOWN, and whatever the functions of the options throw. While it runs: SLUICE_FENCED, SLUICE_KAFKA_PROOF_PRUNED, _LEDGER_LOST, _TRANSACTION_TIMEOUT and the connection's.
 *
 * @example
 * const sink = kafkaSink<{ user: string; total: number }>({
 *   brokers: ['localhost:9092'],
 *   topic: 'totals',
 *   key: (row) => row.user,
 *   value: json(),
 * });
 * console.log(sink.guarantee); // transactional
 */
export function kafkaSink<T>(options: KafkaSinkOptions<T>): TransactionalSink<T, KafkaCommittable>;
export function kafkaSink<T>(options: KafkaAtLeastOnceSinkOptions<T>): AtLeastOnceSink<T>;
export function kafkaSink<T>(options: KafkaSinkOptions<T> | KafkaAtLeastOnceSinkOptions<T>): Sink<T> {
  option.object('kafkaSink', 'options', options);
  return options.guarantee === 'at-least-once' ? atLeastOnceSink(options) : transactionalSink(options);
}

function transactionalSink<T>(options: KafkaSinkOptions<T>): TransactionalSink<T, KafkaCommittable> {
  const settings = epochSettings(options);
  return defineSink<T, KafkaCommittable>({
    name: 'kafka',
    guarantee: 'transactional',
    committableCodec,
    check: (context) =>
      translated(settings, context, async (connection) => {
        await checkTopic(settings, connection);
        await checkTransactions(settings, connection, context);
      }),
    open: (context) =>
      translated(settings, context, async (connection) =>
        epochWriter(settings, await catalogOf(settings, connection, context), context),
      ),
    openCommitter: (context) =>
      translated(settings, context, async (connection) =>
        kafkaCommitter(settings as EpochSettings<never>, connection, context),
      ),
  });
}

function atLeastOnceSink<T>(options: KafkaAtLeastOnceSinkOptions<T>): AtLeastOnceSink<T> {
  const settings = atLeastOnceSettings(options);
  return defineSink<T>({
    name: 'kafka',
    guarantee: 'at-least-once',
    check: (context) => translated(settings, context, (connection) => checkTopic(settings, connection)),
    open: (context) =>
      translated(settings, context, async (connection) =>
        atLeastOnceWriter(settings, connection, await catalogOf(settings, connection, context), context),
      ),
  });
}

/** A constant topic is known before the first element. */
async function catalogOf<T>(
  settings: RecordSettings<T>,
  connection: KafkaConnection,
  { clock }: PluginContext,
): Promise<TopicCatalog> {
  const catalog = new TopicCatalog(connection, clock);
  try {
    if (settings.constantTopic !== undefined) await catalog.load(settings.constantTopic);
    return catalog;
  } catch (error) {
    await catalog.close();
    throw error;
  }
}

async function translated<T, R>(
  settings: RecordSettings<T>,
  { logger, signal }: PluginContext,
  use: (connection: KafkaConnection) => Promise<R>,
): Promise<R> {
  const { component, connection, constantTopic } = settings;
  try {
    return await use(endingConnection(kafkaConnection(connection, logger), signal));
  } catch (error) {
    throw kafkaError({ component, brokers: connection.brokers, topic: constantTopic }, error);
  }
}

import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import { openAdmin } from '../client/admin.js';
import type { KafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { openLog } from '../client/kafka-log.js';
import { openProducer } from '../client/producer.js';
import { ensureLedger } from './ledger-topic.js';
import { unknownTopic } from './refusal.js';
import type { EpochSettings, RecordSettings } from './sink-settings.js';

/** The brokers answer, and the topic is there when it is always the same. @throws SLUICE_KAFKA_TOPIC_UNKNOWN, KafkaFailure */
export async function checkTopic<T>(settings: RecordSettings<T>, connection: KafkaConnection): Promise<void> {
  const { component, constantTopic } = settings;
  const log = await openLog(connection, 'read-uncommitted');
  try {
    if (constantTopic === undefined) await log.topics();
    else await log.partitions(constantTopic);
  } catch (error) {
    if (constantTopic === undefined || failureOf(error).kind !== 'unknown-topic') throw error;
    throw unknownTopic(component, constantTopic);
  } finally {
    await log.close().catch(() => {});
  }
}

/** Transactions work as they will be used, and the ledger is there. @throws SLUICE_KAFKA_LEDGER, SLUICE_KAFKA_TRANSACTION_TIMEOUT, KafkaFailure */
export async function checkTransactions<T>(
  settings: EpochSettings<T>,
  connection: KafkaConnection,
  context: PluginContext,
): Promise<void> {
  const { component, ledgerTopic, transactionalIdPrefix, transactionTimeout } = settings;
  const admin = await openAdmin(connection);
  try {
    await ensureLedger(admin, component, ledgerTopic, context);
  } finally {
    await admin.close().catch(() => {});
  }
  // An id under which nobody writes: the one that will be used may still be another run's.
  const transactionalId = `${transactionalIdPrefix}-check`;
  const producer = await openProducer(connection, { transactionalId, transactionTimeout });
  try {
    const transaction = await producer.transaction();
    await transaction.abort();
  } catch (error) {
    const { kind, type } = failureOf(error);
    if (type === 'INVALID_TRANSACTION_TIMEOUT') throw timeoutTooLong(component, transactionTimeout);
    // Another job checks at the same moment: transactions are there.
    if (kind !== 'fenced' && type !== 'CONCURRENT_TRANSACTIONS') throw error;
  } finally {
    await producer.close().catch(() => {});
  }
}

function timeoutTooLong(component: string, timeout: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_TRANSACTION_TIMEOUT',
    component,
    expected: 'a transactionTimeout that the broker allows',
    actual: `${timeout} ms, more than its transaction.max.timeout.ms`,
    remedy: 'lower `transactionTimeout`, or raise transaction.max.timeout.ms of the brokers',
  });
}

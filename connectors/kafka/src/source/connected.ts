import type { Logger } from '@sluice/connector-sdk';
import { kafkaConnection } from '../client/connection.js';
import { kafkaError } from '../client/kafka-error.js';
import { type KafkaLog, openLog } from '../client/kafka-log.js';
import type { SourceSettings } from './source-settings.js';

/** @throws SLUICE_KAFKA_UNREACHABLE, SLUICE_KAFKA_TLS, SLUICE_KAFKA_AUTHENTICATION */
export async function connected(
  { connection, component, isolation }: SourceSettings,
  logger: Logger,
): Promise<KafkaLog> {
  try {
    return await openLog(kafkaConnection(connection, logger), isolation);
  } catch (error) {
    throw kafkaError({ component, brokers: connection.brokers }, error);
  }
}

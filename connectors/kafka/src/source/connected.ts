import type { Logger } from '@sluice/connector-sdk';
import { kafkaConnection } from '../client/connection.js';
import { endingConnection } from '../client/ending-connection.js';
import { kafkaError } from '../client/kafka-error.js';
import { type KafkaLog, openLog } from '../client/kafka-log.js';
import type { SourceSettings } from './source-settings.js';

/**
 * All that is under way fails when the signal is aborted.
 *
 * @throws SLUICE_KAFKA_UNREACHABLE, SLUICE_KAFKA_TLS, SLUICE_KAFKA_AUTHENTICATION
 */
export async function connected(
  { connection, component, isolation }: SourceSettings,
  logger: Logger,
  signal?: AbortSignal,
): Promise<KafkaLog> {
  try {
    const made = kafkaConnection(connection, logger);
    return await openLog(signal === undefined ? made : endingConnection(made, signal), isolation);
  } catch (error) {
    throw kafkaError({ component, brokers: connection.brokers }, error);
  }
}

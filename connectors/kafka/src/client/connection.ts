import type { Logger } from '@sluice/connector-sdk';
import type { ISocketFactory, KafkaConfig } from 'kafkajs';
import kafkajs from 'kafkajs';
import { registerCodecs } from '../compression/register-codecs.js';
import type { ConnectionSettings } from './connection-settings.js';
import { logBridge } from './log-bridge.js';
import { type Secrets, secretsOf } from './secrets.js';
import { sockets } from './sockets.js';

/** What the parts of the port are opened with. Nothing is connected yet. */
export interface KafkaConnection {
  readonly settings: ConnectionSettings;
  readonly kafka: kafkajs.Kafka;
  readonly logger: Logger;
  /** For one part alone, which can end it without the others. */
  own(): OwnConnection;
}

export interface OwnConnection {
  readonly kafka: kafkajs.Kafka;
  /** Ends all that is under way on it: what waits for an answer fails. */
  destroy(): void;
}

/** Retries within one call. Whoever calls tries again for as long as it may: a call is to fail soon. */
const RETRY = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 1_000, retries: 4 };

export function kafkaConnection(settings: ConnectionSettings, logger: Logger): KafkaConnection {
  const secrets = secretsOf(settings);
  registerCodecs(settings.codecs);
  const configOf = (socketFactory: ISocketFactory): KafkaConfig => ({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeout,
    requestTimeout: settings.requestTimeout,
    retry: RETRY,
    socketFactory,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => logBridge(logger, secrets),
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: watched(settings.sasl, secrets) }),
  });
  return {
    settings,
    kafka: new kafkajs.Kafka(configOf(sockets().factory)),
    logger,
    own() {
      const { factory, destroy } = sockets();
      return { kafka: new kafkajs.Kafka(configOf(factory)), destroy };
    },
  };
}

/** A token is a secret from when it is there. */
function watched(sasl: NonNullable<KafkaConfig['sasl']>, secrets: Secrets): NonNullable<KafkaConfig['sasl']> {
  if (!('oauthBearerProvider' in sasl)) return sasl;
  return {
    ...sasl,
    oauthBearerProvider: async () => {
      const token = await sasl.oauthBearerProvider();
      secrets.add(token.value);
      return token;
    },
  };
}

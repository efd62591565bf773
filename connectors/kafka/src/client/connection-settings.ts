import type { ConnectionOptions } from 'node:tls';
import { shownOption } from '@sluice/connector-sdk';
import type { Mechanism, SASLOptions } from 'kafkajs';
import type { CompressionCodec } from '../compression/compression-codec.js';
import type { KafkaConnectionOptions } from './connection-options.js';
import { option } from './option.js';

/** `KafkaConnectionOptions`, checked and with the defaults in. */
export interface ConnectionSettings {
  /** The function that the user called: who speaks in errors. */
  readonly component: string;
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl: boolean | ConnectionOptions | undefined;
  readonly sasl: SASLOptions | Mechanism | undefined;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly codecs: readonly CompressionCodec[];
}

const CREDENTIALS = new Map([
  ['plain', ['username', 'password']],
  ['scram-sha-256', ['username', 'password']],
  ['scram-sha-512', ['username', 'password']],
  ['aws', ['authorizationIdentity', 'accessKeyId', 'secretAccessKey']],
]);
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'];

/** @throws SLUICE_KAFKA_OPTIONS */
export function connectionSettings(component: string, options: KafkaConnectionOptions): ConnectionSettings {
  const { clientId = 'sluice', ssl, connectionTimeout = '3s', requestTimeout = '30s', codecs = [] } = options;
  option.require(
    component,
    typeof clientId === 'string' && clientId !== '',
    'clientId',
    'a name',
    shownOption(clientId),
  );
  const sslKnown = ssl === undefined || typeof ssl === 'boolean' || (typeof ssl === 'object' && ssl !== null);
  option.require(component, sslKnown, 'ssl', 'true, false or the options of `tls.connect`', `a ${typeof ssl}`);
  const codecsKnown = Array.isArray(codecs) && codecs.every((codec) => CODECS.includes(codec?.name));
  option.require(component, codecsKnown, 'codecs', 'codecs such as snappy(), lz4() and zstd()', shownOption(codecs));
  return {
    component,
    brokers: checkedBrokers(component, options.brokers),
    clientId,
    ssl,
    sasl: checkedSasl(component, options.sasl),
    connectionTimeout: option.duration(component, 'connectionTimeout', connectionTimeout, 1),
    requestTimeout: option.duration(component, 'requestTimeout', requestTimeout, 1),
    codecs: [...codecs],
  };
}

/** Of a broker that is named by its host alone. */
const USUAL_PORT = 9092;

function checkedBrokers(component: string, brokers: readonly string[]): readonly string[] {
  const list = Array.isArray(brokers) && brokers.length > 0;
  option.require(component, list, 'brokers', 'a list of at least one `host:port`', shownOption(brokers));
  return brokers.map((broker, index) => {
    // The value is not shown: what is no address may be a URL with a password in it.
    const valid = typeof broker === 'string' && /^[^\s:/@]+(:\d{1,5})?$/.test(broker);
    option.require(component, valid, 'brokers', 'each one as `host:port`', `something else at index ${index}`);
    return broker.includes(':') ? broker : `${broker}:${USUAL_PORT}`;
  });
}

function checkedSasl(component: string, sasl: KafkaConnectionOptions['sasl']): SASLOptions | Mechanism | undefined {
  if (sasl === undefined) return undefined;
  const fields = sasl as Partial<Record<string, unknown>> | null;
  const mechanism = typeof fields === 'object' && fields !== null ? fields.mechanism : undefined;
  if (typeof mechanism !== 'string') throw option.refusal(component, 'sasl', 'a `mechanism`', 'none');
  if (typeof fields?.authenticationProvider === 'function') return sasl;
  if (mechanism.toLowerCase() === 'oauthbearer') {
    if (typeof fields?.oauthBearerProvider !== 'function') {
      throw option.refusal(component, 'sasl', 'an `oauthBearerProvider` that answers with the token', 'none');
    }
    return sasl;
  }
  const required = CREDENTIALS.get(mechanism.toLowerCase());
  if (required === undefined) {
    const known = [...CREDENTIALS.keys(), 'oauthbearer'].join(', ');
    throw option.refusal(
      component,
      'sasl',
      `one of ${known}, or a mechanism with an \`authenticationProvider\``,
      'another mechanism',
    );
  }
  for (const name of required) {
    if (typeof fields?.[name] !== 'string' || fields[name] === '') {
      throw option.refusal(component, 'sasl', `\`${name}\` of ${mechanism} to be a string`, `${typeof fields?.[name]}`);
    }
  }
  return sasl;
}

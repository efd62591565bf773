import { milliseconds, shownOption } from '@sluice/connector-sdk';
import { type ConnectionSettings, connectionSettings } from '../client/connection-settings.js';
import { option } from '../client/option.js';
import type { CompressionName } from '../compression/compression-codec.js';
import type { KafkaAtLeastOnceSinkOptions, KafkaRecordOptions, KafkaSinkOptions } from './sink-options.js';

const COMPONENT = 'kafkaSink';
const MIB = 1024 * 1024;

/** The options of either mode, checked and with their defaults. */
export interface RecordSettings<T> {
  readonly component: string;
  readonly connection: ConnectionSettings;
  /** Undefined: the elements decide. */
  readonly constantTopic: string | undefined;
  readonly record: Omit<KafkaRecordOptions<T>, 'topic'> & { readonly topic: (value: T) => string };
  readonly compression: CompressionName | undefined;
}

export interface EpochSettings<T> extends RecordSettings<T> {
  readonly maxEpochBytes: number;
  readonly transactionTimeout: number;
  readonly transactionalIdPrefix: string;
  readonly ledgerTopic: string;
  readonly ledgerRuns: number;
}

export interface AtLeastOnceSettings<T> extends RecordSettings<T> {
  readonly batchRecords: number;
  readonly batchBytes: number;
  readonly linger: number;
}

/** @throws SLUICE_KAFKA_OPTIONS */
export function epochSettings<T>(options: KafkaSinkOptions<T>): EpochSettings<T> {
  const { guarantee, transactional, transactionalIdPrefix = 'sluice', ledgerTopic = 'sluice-ledger' } = options;
  check(
    guarantee === undefined || guarantee === 'transactional',
    'guarantee',
    "'transactional' or 'at-least-once'",
    guarantee,
  );
  check(transactional === undefined || transactional === 'epoch', 'transactional', "'epoch'", transactional);
  check(
    typeof transactionalIdPrefix === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(transactionalIdPrefix),
    'transactionalIdPrefix',
    '1 to 64 letters, digits, dots, underscores and hyphens',
    transactionalIdPrefix,
  );
  check(isTopic(ledgerTopic), 'ledgerTopic', 'the name of a topic', ledgerTopic);
  const settings = recordSettings(options);
  check(settings.constantTopic !== ledgerTopic, 'topic', 'another topic than the ledger', ledgerTopic);
  return {
    ...settings,
    maxEpochBytes: option.wholeNumber(COMPONENT, 'maxEpochBytes', options.maxEpochBytes ?? 64 * MIB, 1, 1024 * MIB),
    transactionTimeout: option.duration(COMPONENT, 'transactionTimeout', options.transactionTimeout ?? '60s', 1_000),
    transactionalIdPrefix,
    ledgerTopic,
    ledgerRuns: option.wholeNumber(COMPONENT, 'ledgerRuns', options.ledgerRuns ?? 200, 1, 100_000),
  };
}

/** @throws SLUICE_KAFKA_OPTIONS */
export function atLeastOnceSettings<T>(options: KafkaAtLeastOnceSinkOptions<T>): AtLeastOnceSettings<T> {
  return {
    ...recordSettings(options),
    batchRecords: option.wholeNumber(COMPONENT, 'batchRecords', options.batchRecords ?? 5_000, 1, 1_000_000),
    batchBytes: option.wholeNumber(COMPONENT, 'batchBytes', options.batchBytes ?? 4 * MIB, 1, 64 * MIB),
    linger: option.duration(COMPONENT, 'linger', milliseconds(options.linger ?? 10), 0),
  };
}

function recordSettings<T>(options: KafkaRecordOptions<T>): RecordSettings<T> {
  const { topic, value, compression, codecs = [] } = options;
  check(
    typeof topic === 'function' || isTopic(topic),
    'topic',
    'the name of a topic, or a function of the element',
    topic,
  );
  check(typeof value?.encode === 'function', 'value', 'an encoder such as json()', value);
  for (const name of ['key', 'tombstone', 'headers', 'timestamp', 'partition'] as const) {
    const given = options[name];
    check(given === undefined || typeof given === 'function', name, 'a function of the element', given);
  }
  if (compression !== undefined && typeof compression?.compress !== 'function') {
    throw option.refusal(COMPONENT, 'compression', 'a codec such as gzip() or snappy()', shownOption(compression));
  }
  const connection = connectionSettings(COMPONENT, {
    ...options,
    codecs: compression === undefined ? codecs : [...codecs, compression],
  });
  return {
    component: COMPONENT,
    connection,
    constantTopic: typeof topic === 'string' ? topic : undefined,
    record: { ...options, topic: typeof topic === 'string' ? () => topic : topic },
    compression: compression?.name,
  };
}

/** What Kafka itself allows; `.` and `..` are the folders that they are. */
export function isTopic(topic: unknown): topic is string {
  return typeof topic === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
}

function check(valid: boolean, name: string, expected: string, value: unknown): asserts valid {
  option.require(COMPONENT, valid, name, expected, shownOption(value));
}

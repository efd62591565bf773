import { SluiceError } from '@sluice/connector-sdk';
import { failureOf } from './failure-of.js';
import type { KafkaFailure } from './kafka-failure.js';

/** What was tried when it failed, for the error's words. */
export interface Attempt {
  /** The function that the user called. */
  readonly component: string;
  readonly brokers: readonly string[];
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
}

/** The error of a user for a failure; one that is a `SluiceError` already is passed on. */
export function kafkaError(attempt: Attempt, error: unknown): SluiceError {
  if (SluiceError.isInstance(error)) return error;
  const failure = failureOf(error);
  const words = wordsOf(failure, attempt);
  return new SluiceError({
    component: attempt.component,
    // Brokers do not know a topic for a moment after it was made; whoever makes an error of it has waited for that.
    transient: failure.retriable && failure.kind !== 'unknown-topic',
    ...words,
    cause: failure,
  });
}

type Words = Pick<SluiceError, 'code' | 'expected' | 'actual' | 'remedy'>;

function wordsOf(failure: KafkaFailure, { brokers, topic: named, group }: Attempt): Words {
  const { type } = failure;
  const at = failure.broker ?? brokers.join(', ');
  const topic = failure.topic ?? named;
  switch (failure.kind) {
    case 'connection':
      return {
        code: 'SLUICE_KAFKA_UNREACHABLE',
        expected: `a Kafka broker that answers at ${at}`,
        actual: type,
        remedy: 'see that `brokers` is right, that they run, and that they listen for what `ssl` and `sasl` say',
      };
    case 'tls':
      return {
        code: 'SLUICE_KAFKA_TLS',
        expected: `a TLS connection to ${at}`,
        actual: type,
        remedy: 'see that the listener speaks TLS, and give the certificate authority in `ssl.ca`',
      };
    case 'authentication':
      return {
        code: 'SLUICE_KAFKA_AUTHENTICATION',
        expected: `${at} to accept the credentials in \`sasl\``,
        actual: type,
        remedy: 'correct the mechanism, user and password in `sasl`',
      };
    case 'authorization':
      return authorization(type, topic, group);
    case 'unknown-topic':
      return {
        code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
        expected: `the topic ${topic ?? ''} on ${at}`.replace('  ', ' '),
        actual: type,
        remedy: 'create the topic, or correct its name: topics are never created by reading or writing them',
      };
    case 'group':
      return {
        code: 'SLUICE_KAFKA_GROUP',
        expected: `the group ${group ?? ''} to take this member`,
        actual: type,
        remedy:
          type === 'INVALID_SESSION_TIMEOUT'
            ? 'choose a `sessionTimeout` that the brokers allow (`group.min.session.timeout.ms` and `group.max.session.timeout.ms`)'
            : 'give the job a `groupId` of its own: this one is used by clients that share partitions in another way',
      };
    case 'codec':
      return {
        code: 'SLUICE_KAFKA_CODEC',
        expected: `batches${topic === undefined ? '' : ` of ${topic}`} that are compressed by a codec that is given`,
        actual: 'another compression',
        remedy: 'give `codecs: [snappy(), lz4(), zstd()]`, those that the producers use',
      };
    case 'batch-overflow':
      return {
        code: 'SLUICE_KAFKA_BATCH_OVERFLOW',
        expected: `batches${topic === undefined ? '' : ` of ${topic}`} of at most about 100,000 records`,
        actual: 'one with more than the client can decode',
        remedy: 'lower `batch.size` of the producers; to get past the batch, start Node with a larger `--stack-size`',
      };
    case 'fenced':
      return {
        code: 'SLUICE_FENCED',
        expected: 'to be the only run of the job',
        actual: `another producer with the same transactional id (${type})`,
        remedy: 'stop this run; or stop the other one and start again',
      };
    case 'too-large':
      return {
        code: 'SLUICE_KAFKA_RECORD_TOO_LARGE',
        expected: `records${topic === undefined ? '' : ` for ${topic}`} that the broker accepts`,
        actual: type,
        remedy: 'write smaller records, or raise `max.message.bytes` of the topic',
      };
    default:
      return {
        code: 'SLUICE_KAFKA',
        expected: `${at} to do what was asked${topic === undefined ? '' : ` with ${topic}`}`,
        actual: type,
        remedy: "look the code up in the list of Kafka's protocol errors, and at the broker's log",
      };
  }
}

function authorization(type: string, topic: string | undefined, group: string | undefined): Words {
  const resource = type.startsWith('GROUP')
    ? `the group ${group ?? ''}`
    : type.startsWith('TOPIC')
      ? `the topic ${topic ?? ''}`
      : type.startsWith('TRANSACTIONAL')
        ? 'the transactional id'
        : 'the cluster';
  return {
    code: 'SLUICE_KAFKA_AUTHORIZATION',
    expected: `a user who may use ${resource.trim()}`,
    actual: type,
    remedy:
      'give the user the access that Kafka asks for: Describe and Read of topics and group to read, Write to write',
  };
}

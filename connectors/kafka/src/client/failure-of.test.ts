import { SluiceError } from '@sluice/connector-sdk';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { failureOf } from './failure-of.js';
import { kafkaError } from './kafka-error.js';

const SECRET = 'hunter2-and-more';
const attempt = { component: 'kafkaSource', brokers: ['b:9092'], topic: 't', group: 'g' };

function protocolError(type: string, retriable = false): Error {
  return new kafkajs.KafkaJSProtocolError(Object.assign(new Error(SECRET), { type, code: 1, retriable }));
}

test.each([
  ['a lost connection', named('KafkaJSConnectionClosedError', { broker: 'b:1' }), 'SLUICE_KAFKA_UNREACHABLE', true],
  [
    'no connection',
    new kafkajs.KafkaJSConnectionError(SECRET, { broker: 'b:1', code: 'ECONNREFUSED' }),
    'SLUICE_KAFKA_UNREACHABLE',
    true,
  ],
  [
    'a bad certificate',
    new kafkajs.KafkaJSConnectionError(SECRET, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'SLUICE_KAFKA_TLS',
    false,
  ],
  [
    'a refused login',
    named('KafkaJSSASLAuthenticationError', { retriable: false }),
    'SLUICE_KAFKA_AUTHENTICATION',
    false,
  ],
  ['a missing right', protocolError('TOPIC_AUTHORIZATION_FAILED'), 'SLUICE_KAFKA_AUTHORIZATION', false],
  ['an unknown topic', protocolError('UNKNOWN_TOPIC_OR_PARTITION', true), 'SLUICE_KAFKA_TOPIC_UNKNOWN', false],
  ['a fenced producer', protocolError('INVALID_PRODUCER_EPOCH'), 'SLUICE_FENCED', false],
  ['a batch that is too large', protocolError('MESSAGE_TOO_LARGE'), 'SLUICE_KAFKA_RECORD_TOO_LARGE', false],
  [
    'too many records at once',
    new RangeError('Maximum call stack size exceeded'),
    'SLUICE_KAFKA_BATCH_OVERFLOW',
    false,
  ],
  [
    'an unknown codec',
    named('KafkaJSNonRetriableError', { cause: named('KafkaJSNotImplemented', { retriable: false }) }),
    'SLUICE_KAFKA_CODEC',
    false,
  ],
  ['what the broker says otherwise', protocolError('NOT_ENOUGH_REPLICAS', true), 'SLUICE_KAFKA', true],
  ['a user callback that throws', new Error(SECRET), 'SLUICE_KAFKA', false],
])('%s', (_name, error, code, transient) => {
  const retried = new kafkajs.KafkaJSNumberOfRetriesExceeded(error as never, { retryCount: 3, retryTime: 10 });
  for (const one of [error, retried]) {
    const told = kafkaError(attempt, one);
    expect(told).toMatchObject({ code, transient });
    expect(`${told} ${JSON.stringify(told)} ${told.stack} ${failureOf(one).stack}`).not.toContain(SECRET);
  }
});

test('a failure stays what it is, and so does an error for the user', () => {
  const failure = failureOf(protocolError('NOT_LEADER_FOR_PARTITION', true));
  expect(failureOf(failure)).toBe(failure);
  const error = new SluiceError({ code: 'SLUICE_X', component: 'c', expected: 'e', actual: 'a', remedy: 'r' });
  expect(kafkaError(attempt, error)).toBe(error);
});

/** As kafkajs makes them; its types do not know all of its classes. */
function named(name: string, fields: object): Error {
  return Object.assign(new Error(SECRET), { name, ...fields });
}

import { text } from '@sluice/connector-sdk';
import { expect, test } from 'vitest';
import { kafkaRecordSource, kafkaSource } from './kafka-source.js';
import type { KafkaSourceOptions } from './source-options.js';

const valid: KafkaSourceOptions<string> = { brokers: ['b:9092'], topic: 't', groupId: 'g', value: text() };

test.each<[string, Partial<Record<keyof KafkaSourceOptions<string>, unknown>>]>([
  ['brokers', { brokers: [] }],
  ['brokers', { brokers: ['kafka://b'] }],
  ['brokers', { brokers: 'b:9092' }],
  ['brokers', { brokers: ['sasl://somebody:hunter2@b:9092'] }],
  ['topic', { topic: '' }],
  ['topic', { topic: [] }],
  ['topic', { topic: ['a b'] }],
  ['topic', { topic: '..' }],
  ['groupId', { groupId: '' }],
  ['startingOffsets.partitions', { topic: 'clicks', startingOffsets: { partitions: { click: { 0: 1 } } } }],
  ['bounded.partitions', { topic: /^clicks/, bounded: { partitions: { click: { 0: 1 } } } }],
  ['tombstones', { tombstones: null }],
  ['value', { value: undefined }],
  ['ssl', { ssl: 'hunter2' }],
  ['sasl', { sasl: { mechanism: 'plain', username: 'somebody' } }],
  ['sasl', { sasl: { mechanism: 'hunter2', username: 'somebody', password: 'hunter2' } }],
  ['sasl', { sasl: { mechanism: 'oauthbearer' } }],
  ['codecs', { codecs: [{ name: 'zip' }] }],
  ['connectionTimeout', { connectionTimeout: 0 }],
  ['startingOffsets', { startingOffsets: 'first' }],
  ['startingOffsets', { startingOffsets: { timestamp: -1 } }],
  ['startingOffsets', { startingOffsets: { committed: 'never' } }],
  ['startingOffsets.partitions', { startingOffsets: { partitions: { t: { 0: -5 } } } }],
  ['startingOffsets.otherwise', { startingOffsets: { partitions: {}, otherwise: 'fail' } }],
  ['bounded', { bounded: 'earliest' }],
  ['bounded.partitions', { bounded: { partitions: { t: { x: 1 } } } }],
  ['poison', { poison: 'ignore' }],
  ['tombstones', { tombstones: 'keep' }],
  ['isolation', { isolation: 'serializable' }],
  ['commitOffsetsOnCheckpoints', { commitOffsetsOnCheckpoints: 'yes' }],
  ['autoCommit', { autoCommit: 1 }],
  ['autoCommitInterval', { autoCommitInterval: 'often' }],
  ['retryFor', { retryFor: -1 }],
  ['heartbeatInterval', { sessionTimeout: 1_000, heartbeatInterval: 1_000 }],
  ['maxBytes', { maxBytes: 0 }],
  ['maxBytesPerPartition', { maxBytesPerPartition: 0.5 }],
  ['bufferBytes', { bufferBytes: Number.POSITIVE_INFINITY }],
  ['bufferRecords', { bufferRecords: 0 }],
])('`%s` is refused when the source is made: %j', (name, wrong) => {
  for (const make of [kafkaSource, kafkaRecordSource]) {
    const made = () => make({ ...valid, ...wrong } as KafkaSourceOptions<string>);
    expect(made).toThrow(expect.objectContaining({ code: 'SLUICE_KAFKA_OPTIONS', component: make.name }));
    expect(made).toThrow(`\`${name}\``);
    expect(made).not.toThrow(/hunter2|somebody/);
  }
});

test('is bounded when it is told where to end, and replayable', () => {
  expect(kafkaSource(valid)).toMatchObject({ name: 'kafkaSource', bounded: false, replayable: true });
  expect(kafkaRecordSource({ ...valid, bounded: 'latest' })).toMatchObject({
    name: 'kafkaRecordSource',
    bounded: true,
  });
});

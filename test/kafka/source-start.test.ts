import { memoryCheckpoints, noRestart } from '@sluice/core';
import { type KafkaSourceOptions, kafkaSource } from '@sluice/kafka';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { numbers, SourceHarness, until } from './source-harness.js';

describeWithService('kafka', 'where kafkaSource begins and ends', (endpoint) => {
  const kafka = new SourceHarness(endpoint);
  const once = { restart: noRestart() };
  const at = 1_700_000_000_000;

  const readWith = async (options: KafkaSourceOptions<number>): Promise<readonly number[]> => {
    const job = kafka.start(kafkaSource(options), once);
    await job.result;
    return [...job.sink.values].sort((a, b) => a - b);
  };
  /** Ten records of each of two partitions, a minute apart. */
  const filled = async (): Promise<string> => {
    const topic = await kafka.topic(2);
    const record = (n: number, partition: number) => ({
      partition,
      value: `${partition * 100 + n}`,
      timestamp: `${at + n * 60_000}`,
    });
    await kafka.send(topic, [...numbers(10).map((n) => record(n, 0)), ...numbers(10).map((n) => record(n, 1))]);
    return topic;
  };

  test('earliest, latest, a timestamp, and offsets of partitions', async () => {
    const topic = await filled();
    const bounded = 'latest' as const;
    const read = (startingOffsets: KafkaSourceOptions<number>['startingOffsets']) =>
      readWith(kafka.options(topic, { bounded, ...(startingOffsets && { startingOffsets }) }));
    expect(await read('earliest')).toHaveLength(20);
    expect(await read('latest')).toEqual([]);
    expect(await read({ timestamp: at + 7 * 60_000 - 1 })).toEqual([7, 8, 9, 107, 108, 109]);
    expect(await read({ timestamp: at + 60 * 60_000 })).toEqual([]);
    expect(await read({ partitions: { [topic]: { 0: 8, 1: 9n } } })).toEqual([8, 9, 109]);
    expect(await read({ partitions: { [topic]: { 0: 8 } }, otherwise: 'latest' })).toEqual([8, 9]);
  });

  test('committed: where the group is, and earliest, latest or a failure where it is not', async () => {
    const topic = await filled();
    const groupId = kafka.unique('group');
    await kafka.commit(groupId, topic, { 0: '7' });
    const read = (startingOffsets?: KafkaSourceOptions<number>['startingOffsets']) =>
      readWith(
        kafka.options(topic, {
          groupId,
          bounded: 'latest',
          commitOffsetsOnCheckpoints: false,
          ...(startingOffsets && { startingOffsets }),
        }),
      );
    expect(await read()).toEqual([7, 8, 9, ...numbers(10, 100)]);
    expect(await read({ committed: 'earliest' })).toEqual([7, 8, 9, ...numbers(10, 100)]);
    expect(await read({ committed: 'latest' })).toEqual([7, 8, 9]);
    await expect(read({ committed: 'fail' })).rejects.toMatchObject({
      code: 'SLUICE_KAFKA_NOT_COMMITTED',
      actual: 'none for partition 1',
    });
  });

  test('bounded: at a timestamp, and at offsets of partitions', async () => {
    const topic = await filled();
    expect(await readWith(kafka.options(topic, { bounded: { timestamp: at + 2 * 60_000 } }))).toEqual([0, 1, 100, 101]);
    expect(await readWith(kafka.options(topic, { bounded: { partitions: { [topic]: { 0: 3, 1: 0 } } } }))).toEqual([
      0, 1, 2,
    ]);
  });

  test('a bounded job that is through is started again for what has come since', async () => {
    const topic = await kafka.topic(2);
    const options = kafka.options(topic, { bounded: 'latest' });
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    await kafka.produce(topic, numbers(3));
    const first = kafka.start(kafkaSource(options), setting);
    await first.result;
    await kafka.produce(topic, numbers(5, 100), 1);
    await kafka.produce(topic, numbers(2, 3));
    const second = kafka.start(kafkaSource(options), { ...setting, sink: first.sink });
    await second.result;
    expect([...second.sink.values].sort((a, b) => a - b)).toEqual([...numbers(5), ...numbers(5, 100)]);
  });

  test('without checkpoints, what sinks have written is committed, and a restart goes on there', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic, { autoCommitInterval: 0 });
    await kafka.produce(topic, numbers(10));
    const first = kafka.start(kafkaSource(options), { storage: 'none' });
    await until('a commit', async () => (await kafka.committed(options.groupId, topic))[0] === '10');
    await first.suspend();
    await kafka.produce(topic, numbers(10, 10));
    const second = kafka.start(kafkaSource(options), { storage: 'none' });
    await until('the others', () => second.sink.values.length === 10);
    await second.suspend();
    expect(second.sink.values).toEqual(numbers(10, 10));
  });

  test('without checkpoints and with autoCommit off nothing is committed', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic, { autoCommit: false, autoCommitInterval: 0, bounded: 'latest' });
    await kafka.produce(topic, numbers(10));
    const job = kafka.start(kafkaSource(options), { storage: 'none' });
    await job.result;
    expect(await kafka.committed(options.groupId, topic)).toEqual({});
  });

  test('a pattern takes in topics that come to match it, from their first record on', async () => {
    const prefix = kafka.unique('pattern');
    await kafka.topic(1, {}, `${prefix}-a`);
    await kafka.produce(`${prefix}-a`, [1]);
    const source = kafkaSource<number>(kafka.options(new RegExp(`^${prefix}-`), { startingOffsets: 'latest' }));
    const job = kafka.start(source, { discoveryInterval: 500 });
    await until('the start', () => job.events.some(({ type }) => type === 'started'));
    await kafka.produce(`${prefix}-a`, [2]);
    await kafka.topic(1, {}, `${prefix}-b`);
    await kafka.produce(`${prefix}-b`, [3]);
    await until('both', () => job.sink.values.length >= 2);
    await kafka.produce(`${prefix}-b`, [4]);
    await until('the last', () => job.sink.values.length >= 3);
    await job.stop();
    expect([...job.sink.values].sort()).toEqual([2, 3, 4]);
  });

  test('an unknown topic is a clear failure, and so is a pattern that nothing matches when bounded', async () => {
    const job = kafka.start(kafkaSource(kafka.options(kafka.unique('none'))), once);
    expect(await job.failure).toMatchObject({
      code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
      transient: false,
      expected: expect.stringContaining(`${kafka.name}-none`),
      remedy: expect.stringContaining('create the topic'),
    });
    const pattern = kafka.start(kafkaSource(kafka.options(/^no such topic$/, { bounded: 'latest' })), once);
    expect(await pattern.failure).toMatchObject({ code: 'SLUICE_KAFKA_TOPIC_UNKNOWN' });
  });

  test('an unreachable broker is a clear, transient failure', async () => {
    const options = kafka.options('t', { brokers: ['127.0.0.1:1'] });
    const job = kafka.start(kafkaSource(options), once);
    expect(await job.failure).toMatchObject({
      code: 'SLUICE_KAFKA_UNREACHABLE',
      transient: true,
      expected: 'a Kafka broker that answers at 127.0.0.1:1',
      remedy: expect.stringContaining('brokers'),
    });
  });

  test('TLS where the broker speaks none is a clear failure', async () => {
    const job = kafka.start(kafkaSource(kafka.options('t', { ssl: true, connectionTimeout: '1s' })), once);
    expect(await job.failure).toMatchObject({ code: expect.stringMatching(/SLUICE_KAFKA_(TLS|UNREACHABLE)/) });
  });
});

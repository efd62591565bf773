import { memoryCheckpoints, noRestart } from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { expect, test } from 'vitest';
import { ByteProxy } from '../services/byte-proxy.js';
import { describeWithService } from '../services/with-service.js';
import { writeHugeBatch } from './huge-batch.js';
import { numbers, openReader, SourceHarness, until } from './source-harness.js';

describeWithService('kafka', 'kafkaSource and the traps of kafkajs', (endpoint) => {
  const kafka = new SourceHarness(endpoint);
  const once = { restart: noRestart() };

  test('seek commits: beginning somewhere commits nothing by itself', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(20));
    const options = kafka.options(topic, {
      startingOffsets: { partitions: { [topic]: { 0: 12 } } },
      commitOffsetsOnCheckpoints: false,
    });
    await kafka.commit(options.groupId, topic, { 0: '5' });
    const job = kafka.start(kafkaSource(options));
    await until('the records', () => job.sink.values.length === 8);
    await until('a member', async () => (await kafka.members(options.groupId)).length === 1);
    await job.stop();
    expect(job.sink.values).toEqual(numbers(8, 12));
    expect(await kafka.committed(options.groupId, topic)).toEqual({ 0: '5' });
  });

  test('OFFSET_OUT_OF_RANGE resets and commits: a position that retention has passed fails the job, and nothing is reset', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(10));
    const options = kafka.options(topic);
    // With the default strategy: no restart can bring back what is gone, so there is none.
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    const first = kafka.start(kafkaSource(options), setting);
    await until('a commit', async () => (await kafka.committed(options.groupId, topic))[0] === '10');
    await first.stop();
    await kafka.produce(topic, numbers(10, 10));
    await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '15' }] });
    const second = kafka.start(kafkaSource(options), { ...setting, sink: first.sink });
    expect(await second.failure).toMatchObject({
      code: 'SLUICE_KAFKA_OFFSET_GONE',
      expected: expect.stringContaining(`${topic}, partition 0, to have offset 10`),
      actual: 'offsets 15 to 20',
      remedy: expect.stringContaining('retention'),
    });
    expect(first.sink.values).toEqual(numbers(10));
    expect(await kafka.committed(options.groupId, topic)).toEqual({ 0: '10' });
  });

  test('OFFSET_OUT_OF_RANGE: a topic that was made anew, shorter than the position, fails the job', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(10));
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints(), ...once };
    const options = kafka.options(topic);
    const first = kafka.start(kafkaSource(options), setting);
    await until('the records', () => first.sink.values.length === 10);
    await first.stop();
    await kafka.admin.deleteTopics({ topics: [topic] });
    await until('the topic to be gone', async () => !(await kafka.admin.listTopics()).includes(topic));
    await kafka.topic(1, {}, topic);
    await kafka.produce(topic, numbers(3));
    const second = kafka.start(kafkaSource(options), setting);
    expect(await second.failure).toMatchObject({
      code: 'SLUICE_KAFKA_OFFSET_GONE',
      actual: 'offsets 0 to 3',
      remedy: expect.stringContaining('created anew'),
    });
  });

  test('half a response is kept for the next connection: one that ends in the middle of an answer does no harm', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(10));
    const [host = '', port = ''] = (kafka.brokers[0] ?? '').split(':');
    expect(['127.0.0.1', 'localhost']).toContain(host);
    for (let after = 30; after <= 330; after += 50) {
      let cut = false;
      const proxy = await ByteProxy.before(
        () => Number(port),
        () => {
          if (cut) return (bytes) => bytes;
          cut = true;
          let left = after;
          return (bytes) => {
            left -= bytes;
            return Math.min(bytes, Math.max(0, left + bytes));
          };
        },
      );
      const options = kafka.options(topic, { brokers: [`127.0.0.1:${proxy.port}`], bounded: 'latest' });
      const job = kafka.start(kafkaSource(options), once);
      await job.result;
      expect(job.sink.values).toEqual(numbers(10));
      await proxy.close();
    }
  });

  test('a topic that is deleted while the job runs is what the job fails by, not its broker', async () => {
    const [kept, deleted] = [await kafka.topic(1), await kafka.topic(1)];
    await kafka.produce(kept, [1]);
    // By a producer of its own: one that knows a topic that is gone can write to no other.
    await kafka.transaction(deleted, [2], 'commit');
    const options = kafka.options([deleted, kept], { retryFor: '3s' });
    const job = kafka.start(kafkaSource(options), { restart: noRestart() });
    await until('both', () => job.sink.values.length === 2);
    await kafka.admin.deleteTopics({ topics: [deleted] });
    await kafka.produce(kept, [3]);
    expect(await job.failure).toMatchObject({
      code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
      expected: expect.stringContaining(deleted),
    });
  });

  test('fromBeginning: a partition that is added while running is read from offset 0, though the source began at latest', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(5));
    const options = kafka.options(topic, { startingOffsets: 'latest' });
    const job = kafka.start(kafkaSource(options), { discoveryInterval: 1_000 });
    await until('the start', () => job.events.some(({ type }) => type === 'started'));
    // A group does not see new partitions by itself for minutes.
    await until('the group', async () => (await kafka.members(options.groupId)).length === 1);
    await kafka.produce(topic, numbers(5, 100));
    await kafka.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await until('the partition', async () => (await kafka.admin.fetchTopicOffsets(topic)).length === 2);
    await kafka.produceAnew(topic, numbers(5, 200), 1);
    await until('all of it', () => job.sink.values.length >= 10);
    await job.stop();
    expect([...job.sink.values].sort((a, b) => a - b)).toEqual([...numbers(5, 100), ...numbers(5, 200)]);
  });

  test('a bounded partition that is to begin behind its end fails the job, and is not taken for one that has been read', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(5));
    const startingOffsets = { partitions: { [topic]: { 0: 99 } } };
    const job = kafka.start(kafkaSource(kafka.options(topic, { startingOffsets, bounded: 'latest' })), once);
    expect(await job.failure).toMatchObject({
      code: 'SLUICE_KAFKA_OFFSET_GONE',
      actual: 'offsets 0 to 5',
      remedy: expect.stringContaining('start afresh'),
    });
  });

  test('fromBeginning: a partition that was added while the job was down is read from offset 0', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic, { startingOffsets: 'latest' });
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    const first = kafka.start(kafkaSource(options), setting);
    await until('a checkpoint', () => first.events.some(({ type }) => type === 'checkpointCompleted'));
    await first.stop();
    await kafka.produce(topic, numbers(5));
    await kafka.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await until('the partition', async () => (await kafka.admin.fetchTopicOffsets(topic)).length === 2);
    await kafka.produceAnew(topic, numbers(5, 200), 1);
    const second = kafka.start(kafkaSource(options), { ...setting, sink: first.sink });
    await until('all of it', () => second.sink.values.length >= 10);
    await second.stop();
    expect([...second.sink.values].sort((a, b) => a - b)).toEqual([...numbers(5), ...numbers(5, 200)]);
  });

  test('offset gaps are normal, aborted transactions are not read, and the end is reached by position', async () => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, numbers(3));
    await kafka.transaction(topic, numbers(3, 1_000), 'abort');
    await kafka.transaction(topic, numbers(3, 3), 'commit');
    // The log ends in records that are never delivered.
    await kafka.transaction(topic, numbers(300, 2_000), 'abort');
    const options = kafka.options(topic, { bounded: 'latest' });
    const job = kafka.start(kafkaSource(options));
    await job.result;
    expect(job.sink.values).toEqual(numbers(6));
    // 9 records and 2 markers, 300 records and 1 marker.
    expect(await kafka.committed(options.groupId, topic)).toEqual({ 0: '312' });
  });

  test('wholly empty batches never advance: the checkpoint moves on over a log that ends in aborted transactions', async () => {
    const topic = await kafka.topic(1);
    await kafka.transaction(topic, numbers(50, 1_000), 'abort');
    const options = kafka.options(topic);
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    const first = kafka.start(kafkaSource(options), setting);
    await until('a commit', async () => (await kafka.committed(options.groupId, topic))[0] === '51');
    await first.stop();
    await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '51' }] });
    await kafka.produce(topic, [1]);
    const second = kafka.start(kafkaSource(options), { ...setting, sink: first.sink });
    await until('the record', () => second.sink.values.length === 1);
    await second.stop();
  });

  test('several transactions that were open where the fetch begins are all left out', async () => {
    const topic = await kafka.topic(1);
    const producers = await Promise.all(
      ['a', 'b', 'c'].map(async () => {
        const producer = kafka.kafka.producer({
          transactionalId: kafka.unique('tx'),
          idempotent: true,
          maxInFlightRequests: 1,
        });
        await producer.connect();
        return { producer, transaction: await producer.transaction() };
      }),
    );
    const write = (of: number, value: unknown) =>
      producers[of]?.transaction.send({ topic, messages: [{ partition: 0, value: JSON.stringify(value) }] });
    for (const round of [0, 1, 2]) for (const of of [0, 1, 2]) await write(of, of * 100 + round);
    await producers[0]?.transaction.abort();
    await producers[1]?.transaction.abort();
    await producers[2]?.transaction.commit();
    for (const { producer } of producers) await producer.disconnect();
    const startingOffsets = { partitions: { [topic]: { 0: 4 } } };
    const job = kafka.start(kafkaSource(kafka.options(topic, { startingOffsets, bounded: 'latest' })));
    await job.result;
    expect(job.sink.values).toEqual([201, 202]);
  });

  test('a record with a key of four zero bytes is not taken for the end of an aborted transaction', async () => {
    const topic = await kafka.topic(1);
    const producer = kafka.kafka.producer({
      transactionalId: kafka.unique('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    for (const value of ['1', '2']) {
      await transaction.send({ topic, messages: [{ partition: 0, key: Buffer.alloc(4), value }] });
    }
    await transaction.abort();
    await producer.disconnect();
    const job = kafka.start(kafkaSource(kafka.options(topic, { bounded: 'latest' })));
    await job.result;
    expect(job.sink.values).toEqual([]);
  });

  test('read-uncommitted delivers what was aborted, and neither markers nor control records', async () => {
    const topic = await kafka.topic(1);
    await kafka.transaction(topic, numbers(3), 'abort');
    const job = kafka.start(kafkaSource(kafka.options(topic, { bounded: 'latest', isolation: 'read-uncommitted' })));
    await job.result;
    expect(job.sink.values).toEqual(numbers(3));
  });

  test('huge batches overflow its stack: they are read all the same', async () => {
    const topic = await kafka.topic(1);
    await writeHugeBatch(kafka.brokers[0] ?? '', topic, 300_000);
    const reader = await openReader(kafkaSource(kafka.options(topic, { bounded: 'latest' })));
    let read = 0;
    for (let more = await reader.next(); more > 0; more = await reader.next()) read += more;
    await reader.close();
    expect(read).toBe(300_000);
  });

  test('a crash is only an event: a group that cannot be joined fails the job', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic);
    const stranger = kafka.kafka.consumer({
      groupId: options.groupId,
      maxWaitTimeInMs: 200,
      partitionAssigners: [
        ({ cluster: _ }) => ({
          name: 'another way',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'another way', metadata: Buffer.alloc(0) }),
        }),
      ],
    });
    await stranger.connect();
    await stranger.subscribe({ topics: [topic] });
    await stranger.run({ eachMessage: async () => {} });
    await until('the stranger', async () => (await kafka.members(options.groupId)).length === 1);
    const job = kafka.start(kafkaSource(options), once);
    expect(await job.failure).toMatchObject({ code: 'SLUICE_KAFKA_GROUP', actual: 'INCONSISTENT_GROUP_PROTOCOL' });
    await stranger.disconnect();
  });
});

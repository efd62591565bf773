import { setTimeout as sleep } from 'node:timers/promises';
import { memoryCheckpoints } from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { numbers, openReader, SourceHarness, until } from './source-harness.js';

describeWithService('kafka', 'kafkaSource in its group', (endpoint) => {
  const kafka = new SourceHarness(endpoint);

  /** A client that knows nothing of Sluice. */
  const stranger = async (group: string, topic: string) => {
    const consumer = kafka.kafka.consumer({ groupId: group, heartbeatInterval: 200, maxWaitTimeInMs: 200 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async () => {} });
    return consumer;
  };

  test('no revoke callback: a stranger takes partitions away, they are reported, and read on where they were left when they come back', async () => {
    const topic = await kafka.topic(4);
    const options = kafka.options(topic, { heartbeatInterval: 200 });
    const job = kafka.start(kafkaSource(options), { interval: 50 });
    const produced: number[] = [];
    let producing = true;
    const writing = (async () => {
      for (let round = 0; producing; round++) {
        for (const partition of [0, 1, 2, 3]) {
          const values = numbers(20, partition * 1_000_000 + round * 20);
          await kafka.produce(topic, values, partition);
          produced.push(...values);
        }
        await sleep(10);
      }
    })();
    await until('the first records', () => job.sink.values.length > 100);
    await until('a member', async () => (await kafka.members(options.groupId)).length === 1);
    const other = await stranger(options.groupId, topic);
    await until('partitions taken away', () => job.reported('partitionRevoked').length === 2);
    const before = job.sink.values.length;
    await until('the others are read on', () => job.sink.values.length > before + 200);
    await other.disconnect();
    await until('partitions back', () => job.reported('partitionAssigned').length === 2);
    producing = false;
    await writing;
    await until('all records', () => job.sink.values.length >= produced.length);
    await job.stop();
    for (const partition of [0, 1, 2, 3]) {
      const of = (values: readonly number[]) => values.filter((value) => Math.floor(value / 1_000_000) === partition);
      expect(of(job.sink.values)).toEqual(of(produced));
    }
    expect(job.reported('partitionRevoked')[0]).toEqual({ topic, partition: expect.any(Number) });
    expect(job.events.some(({ type }) => type === 'restarting')).toBe(false);
  });

  test('what a stranger commits for a partition that it took does not move the job', async () => {
    const topic = await kafka.topic(2);
    const options = kafka.options(topic, { heartbeatInterval: 200 });
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    const job = kafka.start(kafkaSource(options), setting);
    await until('a member', async () => (await kafka.members(options.groupId)).length === 1);
    const other = await stranger(options.groupId, topic);
    await until('a partition taken away', () => job.reported('partitionRevoked').length === 1);
    const taken = job.reported('partitionRevoked')[0]?.partition as number;
    await kafka.produce(topic, numbers(50), taken);
    await until(
      'the stranger to have read it',
      async () => (await kafka.committed(options.groupId, topic))[taken] === '50',
    );
    await other.disconnect();
    await until('the records', () => job.sink.values.length === 50);
    await job.stop();
    expect(job.sink.values).toEqual(numbers(50));
  });

  test('no background heartbeat: a job that takes nothing for longer than the session timeout stays in the group', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic, { sessionTimeout: 2_000, bufferBytes: 1_000, maxBytesPerPartition: 1_000 });
    await kafka.produce(topic, numbers(20_000));
    const reader = await openReader(kafkaSource(options));
    await until('a member', async () => (await kafka.members(options.groupId)).length === 1);
    const [member] = await kafka.members(options.groupId);
    const first = await reader.next();
    await sleep(4_000);
    expect(await kafka.members(options.groupId)).toEqual([member]);
    let read = first;
    while (read < 20_000) read += await reader.next();
    expect(read).toBe(20_000);
    await reader.close();
  });

  test('a member that was killed is not waited for: its successor reads at once', async () => {
    const topic = await kafka.topic(1);
    // The silent one reads and commits all the same.
    const options = kafka.options(topic, { startingOffsets: 'earliest' });
    const dead = kafka.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: 300_000,
      rebalanceTimeout: 300_000,
      heartbeatInterval: 200_000,
      maxWaitTimeInMs: 200,
    });
    await dead.connect();
    await dead.subscribe({ topic });
    let joined = false;
    dead.on(dead.events.GROUP_JOIN, () => {
      joined = true;
    });
    await dead.run({ eachMessage: async () => {} });
    // From now on it is silent: the group does not learn from it that it is shared out anew.
    await until('the one that will be silent', () => joined);
    await kafka.produce(topic, numbers(10));
    const job = kafka.start(kafkaSource(options));
    await until('the records', () => job.sink.values.length === 10);
    await job.suspend();
    await dead.disconnect();
  });

  test('two sources of a group read everything each, whatever their topics', async () => {
    const [a, b] = [await kafka.topic(2), await kafka.topic(2)];
    const groupId = kafka.unique('group');
    for (const partition of [0, 1]) {
      await kafka.produce(a, numbers(10, partition * 100), partition);
      await kafka.produce(b, numbers(10, 1_000 + partition * 100), partition);
    }
    const one = kafka.start(kafkaSource(kafka.options([a, b], { groupId })));
    const other = kafka.start(kafkaSource(kafka.options(b, { groupId })));
    await until('both members', async () => (await kafka.members(groupId)).length === 2);
    await kafka.produce(b, [9_999], 1);
    await until('all', () => one.sink.values.length === 41 && other.sink.values.length === 21);
    expect([...one.reported('partitionRevoked'), ...other.reported('partitionRevoked')]).toEqual([]);
    await Promise.all([one.stop(), other.stop()]);
  });
});

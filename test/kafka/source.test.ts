import { createJob, fromSource, memoryCheckpoints, sideOutput, to } from '@sluice/core';
import { kafkaRecordSource, kafkaSource, type PoisonRecord } from '@sluice/kafka';
import { collectSink } from '@sluice/testing';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { numbers, SourceHarness, until } from './source-harness.js';

describeWithService('kafka', 'kafkaSource', (endpoint) => {
  const kafka = new SourceHarness(endpoint);

  test('emits every record of every partition, in order within each, and ends at the end of a bounded source', async () => {
    const topic = await kafka.topic(3);
    for (const partition of [0, 1, 2]) await kafka.produce(topic, numbers(2_500, partition * 10_000), partition);
    const job = kafka.start(kafkaSource(kafka.options(topic, { bounded: 'latest' })));
    await expect(job.result).resolves.toMatchObject({ status: 'finished' });
    for (const partition of [0, 1, 2]) {
      const of = job.sink.values.filter((value) => Math.floor(value / 10_000) === partition);
      expect(of).toEqual(numbers(2_500, partition * 10_000));
    }
    expect(job.sink.values).toHaveLength(7_500);
  });

  test('goes on from the checkpoint after a suspension, whatever the group has committed', async () => {
    const topic = await kafka.topic(2);
    const options = kafka.options(topic);
    const setting = { name: kafka.unique('job'), storage: memoryCheckpoints() };
    await kafka.produce(topic, numbers(1_000), 0);
    const first = kafka.start(kafkaSource(options), setting);
    await until('the first records', () => first.sink.values.length === 1_000);
    await first.suspend();
    await kafka.produce(topic, numbers(1_000, 1_000), 0);
    await kafka.produce(topic, numbers(10, 5_000), 1);
    const second = kafka.start(kafkaSource(options), { ...setting, sink: first.sink });
    await until('the others', () => second.sink.values.length === 2_010);
    await second.stop();
    expect(second.sink.values.filter((value) => value < 5_000)).toEqual(numbers(2_000));
  });

  test('commits the positions of completed checkpoints to the group', async () => {
    const topic = await kafka.topic(2);
    const options = kafka.options(topic);
    await kafka.produce(topic, numbers(10), 0);
    const job = kafka.start(kafkaSource(options));
    await until('a commit', async () => (await kafka.committed(options.groupId, topic))[0] === '10');
    await kafka.produce(topic, numbers(5), 0);
    await until('the next commit', async () => (await kafka.committed(options.groupId, topic))[0] === '15');
    await job.stop();
  });

  test('a short bounded job commits before it ends', async () => {
    const topic = await kafka.topic(1);
    const options = kafka.options(topic, { bounded: 'latest' });
    await kafka.produce(topic, numbers(10));
    await kafka.start(kafkaSource(options)).result;
    expect(await kafka.committed(options.groupId, topic)).toEqual({ 0: '10' });
  });

  test('kafkaRecordSource gives topic, partition, offset, timestamp, key, value and headers', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, [
      { partition: 0, key: 'k', value: '1', timestamp: '1700000000000', headers: { a: 'x', b: ['y', 'z'] } },
      { partition: 0, key: null, value: '2', timestamp: '1700000000001' },
    ]);
    const job = kafka.start(kafkaRecordSource(kafka.options(topic, { bounded: 'latest' })));
    await job.result;
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(job.sink.values).toEqual([
      {
        topic,
        partition: 0,
        offset: 0n,
        timestamp: 1_700_000_000_000,
        key: bytes('k'),
        value: 1,
        headers: new Map([
          ['a', bytes('x')],
          ['b', bytes('z')],
        ]),
      },
      { topic, partition: 0, offset: 1n, timestamp: 1_700_000_000_001, key: null, value: 2, headers: new Map() },
    ]);
  });

  test('poison goes to a side output with its place and bytes, and the rest is delivered', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, [
      { partition: 0, value: '1' },
      { partition: 0, value: '{no' },
      { partition: 0, value: '2' },
      { partition: 0, value: null },
    ]);
    const poison$ = sideOutput<PoisonRecord>('poison');
    const values = collectSink<number>();
    const dead = collectSink<PoisonRecord>();
    const source = kafkaSource(kafka.options(topic, { bounded: 'latest', poison: poison$ }));
    await createJob(kafka.unique('job'), [fromSource(source).pipe(to(values)), poison$.pipe(to(dead))]).run();
    expect(values.values).toEqual([1, 2]);
    expect(dead.values).toMatchObject([
      { topic, partition: 0, offset: 1n, cause: { code: 'SLUICE_JSON' } },
      { topic, partition: 0, offset: 3n, bytes: new Uint8Array(), cause: { code: 'SLUICE_KAFKA_TOMBSTONE' } },
    ]);
    expect(new TextDecoder().decode(dead.values[0]?.bytes)).toBe('{no');
  });
});

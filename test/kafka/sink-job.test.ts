import {
  arraySource,
  createJob,
  fixedDelay,
  fromSource,
  memoryCheckpoints,
  noRestart,
  sideOutput,
  to,
} from '@sluice/core';
import { kafkaSink } from '@sluice/kafka';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { ids, type Row, rowsOf, SinkHarness } from './sink-harness.js';

describeWithService('kafka', 'a job that writes to Kafka', (endpoint) => {
  const harness = new SinkHarness(endpoint);
  const rows = rowsOf(0, 20_000);

  test.each(['transactional', 'at-least-once'] as const)(
    'that fails and starts again three times: %s',
    async (guarantee) => {
      const topic = await harness.topic();
      const { ledgerTopic, transactionalIdPrefix, ...options } = harness.options(topic);
      const sink =
        guarantee === 'transactional' ? kafkaSink(harness.options(topic)) : kafkaSink<Row>({ ...options, guarantee });
      let failures = 0;
      const flow = fromSource(arraySource(rows)).pipe(
        map((row) => {
          if (row.id === 15_000 && failures++ < 3) throw new Error('injected');
          return row;
        }),
        to(sink),
      );
      const job = createJob(`${harness.job} ${guarantee}`, flow, {
        restart: fixedDelay({ attempts: 5, delay: 10 }),
        checkpoints: { interval: 20, storage: memoryCheckpoints() },
      });
      expect(job.guarantee.level).toBe(guarantee === 'transactional' ? 'exactly-once' : 'at-least-once');
      const result = await job.run();
      expect(result).toMatchObject({ status: 'finished', restarts: 3 });
      const found = ids(await harness.records(topic));
      expect(guarantee === 'transactional' ? found : [...new Set(found)]).toEqual(rows.map(({ id }) => id));
    },
  );

  test('without checkpoints it writes too, epoch by epoch', async () => {
    const topic = await harness.topic();
    const flow = fromSource(arraySource(rows)).pipe(to(kafkaSink(harness.options(topic))));
    await createJob(`${harness.job} plain`, flow).run();
    expect(ids(await harness.records(topic))).toEqual(rows.map(({ id }) => id));
  });

  test('what a topic cannot take goes to the rejected output, once', async () => {
    const [topic, others] = [await harness.topic(1, { 'max.message.bytes': '2000' }), await harness.topic(1)];
    const rejected$ = sideOutput<{ readonly value: Row }>('rejected');
    const flow = fromSource(arraySource(rowsOf(0, 100))).pipe(
      map(({ id }): Row => ({ id, ...(id % 10 === 0 ? { text: 'x'.repeat(3_000) } : {}) })),
      to(kafkaSink(harness.options(topic)), { rejected: rejected$ }),
    );
    const second = rejected$.pipe(
      map(({ value: { id } }): Row => ({ id })),
      to(kafkaSink(harness.options(others))),
    );
    const checkpoints = { interval: 20, storage: memoryCheckpoints() };
    await createJob(`${harness.job} rejected`, [flow, second], { checkpoints }).run();
    expect(ids(await harness.records(topic))).toHaveLength(90);
    expect(ids(await harness.records(others))).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test('does not start when the topic is not there', async () => {
    const flow = fromSource(arraySource(rows)).pipe(to(kafkaSink(harness.options(`${harness.name}-none`))));
    const job = createJob('none', flow, {
      checkpoints: { interval: '1s', storage: memoryCheckpoints() },
      restart: noRestart(),
    });
    await expect(job.run()).rejects.toMatchObject({
      code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
      remedy: expect.stringContaining('create the topic'),
    });
  });
});

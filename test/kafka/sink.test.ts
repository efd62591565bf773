import { json, text } from '@sluice/connector-sdk';
import { kafkaSink } from '@sluice/kafka';
import { describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { commitAll, epochOf, ids, type Row, rowsOf, SinkHarness } from './sink-harness.js';

const error = (code: string) => expect.objectContaining({ code });

describeWithService('kafka', 'kafkaSink, exactly once', (endpoint) => {
  const harness = new SinkHarness(endpoint);

  test('shows an epoch when it is committed, and not before', async () => {
    const topic = await harness.topic();
    const run = await harness.run(harness.options(topic), 1);
    const committables = await epochOf(run, 1, rowsOf(0, 2_500));
    expect(await harness.records(topic)).toEqual([]);
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    expect(ids(await harness.records(topic))).toEqual(rowsOf(0, 2_500).map(({ id }) => id));
    await run.close();
  });

  test('writes key, value, headers, timestamp and partition as told, tombstones too', async () => {
    const topic = await harness.topic(4);
    const run = await harness.run<Row>(
      harness.options(topic, {
        key: ({ id }) => (id === 0 ? null : Buffer.from([0x6b, id])),
        headers: ({ id }) => ({ trace: `t${id}`, raw: Uint8Array.of(97, 98) }),
        timestamp: ({ id }) => 1_700_000_000_000 + id,
        partition: ({ id }, partitions) => id % partitions,
        tombstone: ({ id }) => id === 2,
      }),
      1,
    );
    await commitAll(run, await epochOf(run, 1, rowsOf(0, 5)));
    const records = (await harness.records(topic)).sort((a, b) => Number(a.timestamp) - Number(b.timestamp));
    expect(records.map(({ offset, ...record }) => record)).toEqual(
      rowsOf(0, 5).map(({ id }) => ({
        topic,
        partition: id % 4,
        timestamp: `${1_700_000_000_000 + id}`,
        key: id === 0 ? null : `k${String.fromCharCode(id)}`,
        value: id === 2 ? null : JSON.stringify({ id }),
        headers: { trace: `t${id}`, raw: 'ab' },
      })),
    );
    await run.close();
  });

  test('keeps the order of each key, over batches and epochs', async () => {
    const topic = await harness.topic(3);
    const run = await harness.run(harness.options(topic, { key: ({ id }) => `${id % 5}` }), 1);
    for (let epoch = 0; epoch < 3; epoch++) {
      await commitAll(run, await epochOf(run, epoch + 1, rowsOf(epoch * 4_000, (epoch + 1) * 4_000)));
    }
    const records = await harness.records(topic);
    for (let key = 0; key < 5; key++) {
      const of = records.filter((record) => record.key === `${key}`).map(({ value }) => JSON.parse(value ?? '').id);
      expect(of).toEqual(rowsOf(0, 12_000).flatMap(({ id }) => (id % 5 === key ? [id] : [])));
    }
    await run.close();
  });

  test('spreads records without a key', async () => {
    const topic = await harness.topic(3);
    const { key, ...keyless } = harness.options(topic);
    const run = await harness.run(keyless, 1);
    await commitAll(run, await epochOf(run, 1, rowsOf(0, 600)));
    const records = await harness.records(topic);
    expect(records).toHaveLength(600);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
    await run.close();
  });

  test('takes the topic from the element, and rejects elements whose topic is not there', async () => {
    const [a, b] = [await harness.topic(1), await harness.topic(1)];
    const missing = `${harness.name}-missing`;
    const run = await harness.run<Row>(
      { ...harness.options(a), topic: ({ id }) => [a, b, missing][id % 3] as string },
      1,
      [],
      { uid: 'by element' },
    );
    await commitAll(run, await epochOf(run, 1, rowsOf(0, 9)));
    expect(ids(await harness.records(a))).toEqual([0, 3, 6]);
    expect(ids(await harness.records(b))).toEqual([1, 4, 7]);
    expect(run.rejected).toEqual(
      [2, 5, 8].map((id) => ({ value: { id }, cause: error('SLUICE_KAFKA_TOPIC_UNKNOWN') })),
    );
    await run.close();
  });

  test('rejects, before the checkpoint, what a function gives that is no record: no epoch becomes one that cannot be written', async () => {
    const topic = await harness.topic(1);
    const key = ({ id }: Row) => (id === 1 ? (id as unknown as string) : `${id}`);
    const topicOf = ({ id }: Row) => {
      if (id === 3) throw new Error('not today');
      return id === 2 ? (undefined as unknown as string) : topic;
    };
    const run = await harness.run<Row>({ ...harness.options(topic, { key }), topic: topicOf }, 1);
    expect(await commitAll(run, await epochOf(run, 1, rowsOf(0, 5)))).toEqual([{ status: 'committed' }]);
    expect(run.rejected).toEqual([
      { value: { id: 1 }, cause: error('SLUICE_KAFKA_VALUE') },
      { value: { id: 2 }, cause: error('SLUICE_KAFKA_VALUE') },
      { value: { id: 3 }, cause: new Error('not today') },
    ]);
    expect(ids(await harness.records(topic))).toEqual([0, 4]);
    await run.close();
  });

  test('rejects, before the checkpoint, what the broker would refuse after it', async () => {
    const topic = await harness.topic(1, { 'max.message.bytes': '2000', 'cleanup.policy': 'compact' });
    const run = await harness.run<Row>(
      harness.options(topic, {
        key: ({ id }) => (id === 1 ? null : `${id}`),
        timestamp: ({ id }) => (id === 2 ? Date.now() + 50 * 3_600_000 : id === 3 ? -5 : Date.now()),
        partition: ({ id }) => (id === 4 ? 7 : 0),
        value: {
          encode(row) {
            if (row.id === 5) throw new Error('not today');
            return json<Row>().encode(row);
          },
        },
      }),
      1,
    );
    const large = { id: 0, text: 'x'.repeat(2_000) };
    const committables = await epochOf(run, 1, [large, ...rowsOf(1, 7)]);
    expect(run.rejected).toEqual([
      { value: large, cause: error('SLUICE_KAFKA_RECORD_TOO_LARGE') },
      { value: { id: 1 }, cause: error('SLUICE_KAFKA_KEY') },
      { value: { id: 2 }, cause: error('SLUICE_KAFKA_TIMESTAMP') },
      { value: { id: 3 }, cause: error('SLUICE_KAFKA_TIMESTAMP') },
      { value: { id: 4 }, cause: error('SLUICE_KAFKA_PARTITION') },
      { value: { id: 5 }, cause: new Error('not today') },
    ]);
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    expect(ids(await harness.records(topic))).toEqual([6]);
    await run.close();
  });

  test('packs batches so that none is larger than the topic allows', async () => {
    const topic = await harness.topic(1, { 'max.message.bytes': '3000' });
    const run = await harness.run(harness.options(topic), 1);
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, text: 'y'.repeat((id * 37) % 2_800) }));
    expect(await commitAll(run, await epochOf(run, 1, rows))).toEqual([{ status: 'committed' }]);
    expect(run.rejected).toEqual([]);
    expect(await harness.records(topic)).toHaveLength(300);
    await run.close();
  });

  test('is full at maxEpochBytes and asks for a checkpoint; barriers still pass', async () => {
    const topic = await harness.topic(1);
    const run = await harness.run(harness.options(topic, { maxEpochBytes: 1_000 }), 1);
    const transaction = run.writer.begin();
    let full: Promise<void> | undefined;
    for (const row of rowsOf(0, 100)) full = transaction.write(row, Number.NaN);
    expect(full).toBeInstanceOf(Promise);
    expect(run.requested()).toBe(1);
    const committables = await transaction.prepare(1);
    await full;
    await commitAll(run, committables);
    expect(await harness.records(topic)).toHaveLength(100);
    await run.close();
  });

  test('an epoch of rejected elements alone leaves nothing to commit, and an aborted one nothing at all', async () => {
    const topic = await harness.topic(1);
    const run = await harness.run<Row>(harness.options(topic, { partition: () => 9 }), 1);
    expect(await epochOf(run, 1, rowsOf(0, 3))).toEqual([]);
    const transaction = run.writer.begin();
    void transaction.write({ id: 1 }, 0);
    await transaction.abort();
    await run.close();
    await run.close();
    expect(await harness.records(topic)).toEqual([]);
  });

  describe('check', () => {
    const check = (options: Parameters<typeof harness.options>[1], topic = 'none') =>
      kafkaSink(harness.options(topic, options)).check?.(harness.context(1));

    test('an unknown topic is told before anything starts', async () => {
      await expect(check({}, `${harness.name}-none`)).rejects.toEqual(error('SLUICE_KAFKA_TOPIC_UNKNOWN'));
    });

    test('an unreachable broker', async () => {
      await expect(check({ brokers: ['127.0.0.1:1'] })).rejects.toMatchObject({
        code: 'SLUICE_KAFKA_UNREACHABLE',
        transient: true,
      });
    });

    test('a transaction timeout that the broker does not allow', async () => {
      const topic = await harness.topic(1);
      await expect(check({ transactionTimeout: '2h' }, topic)).rejects.toEqual(
        error('SLUICE_KAFKA_TRANSACTION_TIMEOUT'),
      );
    });

    test('a ledger that would lose proofs', async () => {
      const topic = await harness.topic(1);
      const ledgerTopic = await harness.topic(1, { 'cleanup.policy': 'delete' });
      await expect(check({ ledgerTopic }, topic)).rejects.toEqual(error('SLUICE_KAFKA_LEDGER'));
    });

    test('makes the ledger, compacted', async () => {
      const topic = await harness.topic(1);
      const ledgerTopic = `${harness.name}-made`;
      await check({ ledgerTopic }, topic);
      const { resources } = await harness.configOf(ledgerTopic);
      const config = new Map(
        resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
      expect(config.get('cleanup.policy')).toBe('compact');
      await check({ ledgerTopic }, topic);
    });
  });
});

describeWithService('kafka', 'kafkaSink, at least once', (endpoint) => {
  const harness = new SinkHarness(endpoint);

  async function opened(topic: string | ((row: Row) => string), more: object = {}) {
    const { ledgerTopic, transactionalIdPrefix, ...options } = harness.options('unused');
    const sink = kafkaSink<Row>({ ...options, ...more, topic, guarantee: 'at-least-once' });
    const run = harness.sinkContext<Row>(1);
    await sink.check?.(run.context);
    return { ...run, writer: await sink.open(run.context) };
  }

  test('what was written before a flush is there when it resolves', async () => {
    const topic = await harness.topic(3);
    const { writer } = await opened(topic);
    for (const row of rowsOf(0, 12_000)) await writer.write(row, Number.NaN);
    await writer.flush();
    expect(ids(await harness.records(topic))).toEqual(rowsOf(0, 12_000).map(({ id }) => id));
    await writer.close();
    await writer.close();
  });

  test('packs sends so that no batch is larger than the topic allows, and needs one producer for it', async () => {
    const topic = await harness.topic(2, { 'max.message.bytes': '5000' });
    const { writer, rejected } = await opened(topic, { batchRecords: 1_000 });
    const rows = Array.from({ length: 400 }, (_, id) => ({ id, text: 'w'.repeat((id * 37) % 4_800) }));
    for (const row of rows) void writer.write(row, Number.NaN);
    await writer.flush();
    expect(rejected).toEqual([]);
    // A refused send would be sent again by a new producer, and what was written of it would be there twice.
    expect(ids(await harness.records(topic))).toEqual(rows.map(({ id }) => id));
    await writer.close();
  });

  test('lingering records are sent without a flush', async () => {
    const topic = await harness.topic(1);
    const { writer } = await opened(topic, { linger: 5 });
    void writer.write({ id: 1 }, 0);
    await expect.poll(async () => (await harness.records(topic)).length).toBe(1);
    await writer.close();
  });

  test('rejects what cannot be written and writes the rest', async () => {
    const topic = await harness.topic(1, { 'max.message.bytes': '2000' });
    const { writer, rejected } = await opened(({ id }) => (id === 3 ? `${harness.name}-nothing` : topic));
    const rows = [{ id: 1 }, { id: 2, text: 'z'.repeat(3_000) }, { id: 3 }, { id: 4 }];
    for (const row of rows) void writer.write(row, Number.NaN);
    await writer.flush();
    expect(rejected).toEqual([
      { value: rows[1], cause: error('SLUICE_KAFKA_RECORD_TOO_LARGE') },
      { value: rows[2], cause: error('SLUICE_KAFKA_TOPIC_UNKNOWN') },
    ]);
    expect(ids(await harness.records(topic))).toEqual([1, 4]);
    await writer.close();
  });

  test('finds the record that is too large when the topic was changed meanwhile, and loses no other', async () => {
    const topic = await harness.topic(2);
    const { writer, rejected } = await opened(topic);
    await harness.lowerLimit(topic, 2_000);
    const rows = rowsOf(0, 40).map(({ id }) => ({ id, text: 'v'.repeat(id === 17 ? 5_000 : 30) }));
    for (const row of rows) void writer.write(row, Number.NaN);
    await writer.flush();
    expect(rejected).toEqual([{ value: rows[17], cause: error('SLUICE_KAFKA_RECORD_TOO_LARGE') }]);
    const found = new Set(ids((await harness.records(topic)).filter(({ key }) => key !== 'probe')));
    expect([...found]).toEqual(rows.flatMap(({ id }) => (id === 17 ? [] : [id])));
    await writer.close();
  });

  test('an unknown topic is told before anything starts', async () => {
    await expect(opened(`${harness.name}-none`)).rejects.toEqual(error('SLUICE_KAFKA_TOPIC_UNKNOWN'));
  });
});

describe('options of kafkaSink', () => {
  const valid = { brokers: ['b:1'], topic: 't', value: text() };
  test.each([
    { topic: '' },
    { topic: 'a/b' },
    { topic: '..' },
    { topic: 5 },
    { value: undefined },
    { value: {} },
    { key: 'k' },
    { partition: 0 },
    { headers: {} },
    { compression: 'snappy' },
    { guarantee: 'never' },
    { transactional: 'two-phase' },
    { maxEpochBytes: 0 },
    { transactionTimeout: 5 },
    { transactionalIdPrefix: 'a b' },
    { ledgerTopic: 'x y' },
    { ledgerTopic: 't' },
    { ledgerRuns: 0 },
    { brokers: [] },
    { guarantee: 'at-least-once', batchRecords: 0 },
    { guarantee: 'at-least-once', batchBytes: 1.5 },
    { guarantee: 'at-least-once', linger: -1 },
  ])('%j is refused when the sink is made', (wrong) => {
    expect(() => kafkaSink({ ...valid, ...wrong } as Parameters<typeof kafkaSink<string>>[0])).toThrow(
      error('SLUICE_KAFKA_OPTIONS'),
    );
  });

  test('the guarantee is in the type', () => {
    const transactional: 'transactional' = kafkaSink(valid).guarantee;
    const atLeastOnce: 'at-least-once' = kafkaSink({ ...valid, guarantee: 'at-least-once' }).guarantee;
    expect([transactional, atLeastOnce]).toEqual(['transactional', 'at-least-once']);
  });
});

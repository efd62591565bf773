import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineSource } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fixedDelay, fromSource, to } from '@sluice/core';
import { type CompressionCodec, gzip, kafkaSink } from '@sluice/kafka';
import { afterAll, expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { commitAll, epochOf, ids, type Row, rowsOf, SinkHarness } from './sink-harness.js';

/** Rows from 0, so many in a batch, as long as it takes. */
function pacedRows(count: number, onRead: (position: number) => void) {
  return defineSource<Row, null, number>({
    name: 'rows',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'rows', split: null }],
    open: async () => ({
      async *read(_split, position) {
        for (let from = position ?? 0; from < count; from += 50) {
          const start = from;
          yield {
            values: rowsOf(from, Math.min(count, from + 50)),
            positionAfter: (index: number) => start + index + 1,
          };
          onRead(from);
          await sleep(4);
        }
      },
      close: async () => {},
    }),
  });
}

describeWithOwnService(
  'kafka',
  'kafkaSink and a broker of its own',
  (server) => {
    const harness = new SinkHarness(() => server().endpoint);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-kafka-sink-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('transactions that the broker gives up, since they take too long, fail the job with the reason', async () => {
      const topic = await harness.topic(1);
      let slowly = false;
      const compression: CompressionCodec = {
        ...gzip(),
        async compress(bytes) {
          if (slowly) await sleep(1_500);
          return gzip().compress(bytes);
        },
      };
      const run = await harness.run(harness.options(topic, { transactionTimeout: '1s', compression }), 1);
      const committables = await epochOf(run, 1, rowsOf(0, 3));
      slowly = true;
      expect(await commitAll(run, committables)).toMatchObject([
        { status: 'failed', cause: { code: 'SLUICE_KAFKA_TRANSACTION_TIMEOUT' } },
      ]);
      await run.close();
    });

    test('proofs outlive the compaction of the ledger', async () => {
      const topic = await harness.topic(1);
      const options = harness.options(topic);
      const run = await harness.run(options, 1);
      await harness.alterTopic(harness.ledgerTopic, {
        'cleanup.policy': 'compact',
        'segment.ms': '200',
        'min.cleanable.dirty.ratio': '0.01',
        'max.compaction.lag.ms': '200',
        'delete.retention.ms': '1',
      });
      const epochs: Awaited<ReturnType<typeof epochOf>>[] = [];
      for (let checkpoint = 1; checkpoint <= 20; checkpoint++) {
        epochs.push(await epochOf(run, checkpoint, [{ id: checkpoint }]));
        await commitAll(run, epochs.at(-1) ?? []);
      }
      const kept = async () =>
        (await harness.records(harness.ledgerTopic)).filter(({ key }) => key?.startsWith('["commits"')).length;
      const compacted = async () => {
        // A segment is closed by what comes behind it.
        const other = await harness.run(harness.options(topic), 1, [], { uid: `other ${randomUUID()}` });
        await other.close();
        return kept();
      };
      await expect.poll(compacted, { timeout: 60_000, interval: 300 }).toBe(1);
      await run.close();
      const again = await harness.run(options, 2, epochs.flat());
      const results = await commitAll(again, epochs.flat());
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['alreadyCommitted']));
      expect(await harness.records(topic)).toHaveLength(20);
      await again.close();
    });

    test('a broker that is killed and started again while a job writes: each row is there once', async () => {
      const topic = await harness.topic(2);
      const count = 12_000;
      let position = 0;
      const flow = fromSource(
        pacedRows(count, (at) => {
          position = at;
        }),
      ).pipe(to(kafkaSink(harness.options(topic, { requestTimeout: '2s', connectionTimeout: '1s' }))));
      const job = createJob(harness.job, flow, {
        guarantee: 'exactly-once',
        checkpoints: { interval: 50, storage: fileCheckpoints(join(folder, 'checkpoints')), tolerableFailures: 3 },
        restart: fixedDelay({ attempts: 20, delay: 200 }),
      });
      const running = job.run();
      await expect.poll(() => position, { timeout: 60_000, interval: 5 }).toBeGreaterThan(count / 3);
      await server().stop('kill');
      await server().start();
      expect((await running).status).toBe('finished');
      expect(ids(await harness.records(topic))).toEqual(rowsOf(0, count).map(({ id }) => id));
    }, 300_000);
  },
  {
    settings: {
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': '200',
      'log.cleaner.backoff.ms': '200',
    },
  },
);

import { arraySource, createJob, fixedDelay, fromSource, memoryCheckpoints, noRestart, to } from '@sluice/core';
import { postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { type Row, SinkHarness } from './sink-harness.js';

await describeWithPostgres('a job that writes to Postgres', (url) => {
  const harness = new SinkHarness(url);
  const ids = Array.from({ length: 20_000 }, (_, id) => id);

  test.each(['ledger', 'two-phase'] as const)(
    'writes each row once, restarts included: %s',
    async (mode) => {
      const table = await harness.table();
      let failures = 0;
      const flow = fromSource(arraySource(ids)).pipe(
        map((id): Row => {
          if (id === 15_000 && failures++ < 3) throw new Error('injected');
          return { id, name: `row ${id}` };
        }),
        to(postgresSink(harness.options(table, { transactional: mode, rowsPerStatement: 100 }))),
      );
      const job = createJob(`${harness.job} ${mode}`, flow, {
        guarantee: 'exactly-once',
        restart: fixedDelay({ attempts: 5, delay: 10 }),
        checkpoints: { interval: 20, storage: postgresCheckpoints({ connectionString: url, schema: harness.schema }) },
      });
      const result = await job.run();
      expect(result.status).toBe('finished');
      expect(result.restarts).toBe(3);
      expect(await harness.sql(`SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM ${table}`)).toEqual([
        { n: ids.length, ids: ids.length },
      ]);
      expect(await harness.prepared()).toEqual([]);
    },
    30_000,
  );

  test('does not start when the server cannot give the guarantee', async () => {
    const flow = fromSource(arraySource(ids)).pipe(
      map((id): Row => ({ id })),
      to(postgresSink(harness.options(`${harness.schema}.nothing`))),
    );
    const job = createJob('no table', flow, {
      checkpoints: { interval: '1s', storage: memoryCheckpoints() },
      restart: noRestart(),
    });
    await expect(job.run()).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_TABLE' });
  });
});

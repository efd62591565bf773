import { postgresSink } from '@sluice/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithOwnPostgres } from '../services/with-postgres.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';

await describeWithOwnPostgres(
  'postgresSink on a server without prepared transactions',
  { max_prepared_transactions: 0 },
  ({ url }) => {
    const harness = new SinkHarness(url);
    const off = {
      code: 'SLUICE_POSTGRES_TWO_PHASE_OFF',
      remedy: expect.stringContaining('max_prepared_transactions = 64'),
    };

    test('two-phase is refused before anything starts', async () => {
      const table = await harness.table();
      await expect(harness.run(harness.options(table, { transactional: 'two-phase' }), 1)).rejects.toMatchObject(off);
    });

    test('PREPARE is a clear failure, and COMMIT PREPARED is not taken for a busy one', async () => {
      const table = await harness.table();
      const options = harness.options(table, { transactional: 'two-phase' });
      const run = await harness.run(harness.options(table), 1);
      const writer = await postgresSink(options).open({
        ...harness.context(1, { uid: `sink-1 ${table}` }),
        restoredState: [],
        reject: () => {},
        requestCheckpoint: () => {},
      });
      const transaction = writer.begin();
      void transaction.write({ id: 1 }, 0);
      await expect(transaction.prepare(1)).rejects.toMatchObject(off);
      await transaction.abort();
      const identity = { job: harness.job, sink: `sink-1 ${table}`, incarnation: harness.incarnation };
      const gid = `sluice_${'0'.repeat(16)}_${'0'.repeat(16)}_1_0_1`;
      const result = await run.committer.commit({
        kind: 'prepared',
        gid,
        transaction: { ...identity, epoch: 1, subtask: 0, checkpoint: 1 },
      });
      expect(result).toMatchObject({ status: 'failed' });
      await writer.close();
      await run.close();
    });

    test('ledger mode works', async () => {
      const table = await harness.table();
      const run = await harness.run(harness.options(table), 1);
      expect(await commitAll(run, await epochOf(run, 1, [{ id: 1 }]))).toEqual([{ status: 'committed' }]);
      await run.close();
    });
  },
);

await describeWithOwnPostgres('postgresSink on a server that fails', { max_prepared_transactions: 3 }, (server) => {
  const harness = new SinkHarness(server.url);
  const options = (table: string) => harness.options(table, { transactional: 'two-phase' });

  test('slots that others have used up fail the epoch, and nothing is lost', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const held = [];
    for (let checkpoint = 1; checkpoint <= 3; checkpoint++)
      held.push(...(await epochOf(run, checkpoint, [{ id: checkpoint }])));
    const transaction = run.writer.begin();
    void transaction.write({ id: 4 }, 0);
    await expect(transaction.prepare(4)).rejects.toMatchObject({
      code: 'SLUICE_POSTGRES_SLOTS',
      remedy: expect.stringContaining('max_prepared_transactions'),
    });
    await transaction.abort();
    await commitAll(run, held);
    await commitAll(run, await epochOf(run, 5, [{ id: 4 }]));
    expect(await harness.rows(table)).toHaveLength(4);
    await run.close();
  });

  test('a kill -9 between prepare and commit loses nothing, in the same run and in the next', {
    timeout: 60_000,
  }, async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }, { id: 2 }]);
    const other = await harness.run(harness.options(table), 1, [], { uid: 'in ledger mode' });
    const buffered = await epochOf(other, 1, [{ id: 3 }]);
    await server.current().stop('kill');
    expect(await commitAll(run, epoch)).toMatchObject([{ status: 'retryLater' }]);
    expect(await commitAll(other, buffered)).toMatchObject([{ status: 'retryLater' }]);
    await server.restart();
    await harness.reconnect();
    expect(await harness.prepared()).toHaveLength(1);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await commitAll(other, buffered)).toEqual([{ status: 'committed' }]);
    const later = await epochOf(run, 2, [{ id: 4 }]);
    await server.current().stop('kill');
    await server.restart();
    await harness.reconnect();
    const next = await harness.run(options(table), 2, later);
    expect(await commitAll(next, later)).toMatchObject([{ status: 'alreadyCommitted' }]);
    expect((await harness.rows(table)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    for (const each of [run, other, next]) await each.close();
  });

  test('a kill -9 in the middle of an epoch fails it, and a recovery that finds no server waits for it', {
    timeout: 60_000,
  }, async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { transactional: 'two-phase', rowsPerStatement: 1 }), 1);
    const transaction = run.writer.begin();
    await transaction.write({ id: 1 }, 0);
    await server.current().stop('kill');
    await expect(transaction.prepare(1)).rejects.toMatchObject({
      code: expect.stringMatching(/^SLUICE_POSTGRES_(CONNECTION|UNREACHABLE)$/),
    });
    await transaction.abort();
    const recovering = run.committer.recover([]);
    await server.restart();
    await recovering;
    await harness.reconnect();
    expect(await harness.rows(table)).toEqual([]);
    await run.close();
  });

  test('a server that hangs does not keep a run from ending', async () => {
    const table = await harness.table();
    const impatient = { now: Date.now, sleep: harness.sleepAtMost(100) };
    const one = harness.options(table, { transactional: 'two-phase', rowsPerStatement: 1 });
    const run = await harness.run(one, 1, [], { clock: impatient });
    const transaction = run.writer.begin();
    await transaction.write({ id: 1 }, 0);
    await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toHaveLength(1);
    const [backend] = await harness.sessions();
    process.kill(Number(backend), 'SIGSTOP');
    try {
      const preparing = transaction.prepare(1);
      await Promise.all([
        expect(preparing).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_CONNECTION' }),
        new Promise((done) => setTimeout(done, 50)).then(() => transaction.abort()),
      ]);
      await run.close();
    } finally {
      process.kill(Number(backend), 'SIGCONT');
    }
    await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toEqual([]);
    expect(await harness.prepared()).toEqual([]);
    expect(await harness.rows(table)).toEqual([]);
  });

  test('a transaction that somebody else is finishing right now is busy: tried again, not taken for a feature that is off', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const [epoch] = await epochOf(run, 1, [{ id: 1 }]);
    if (epoch?.kind !== 'prepared') throw new Error('nothing was prepared');
    const settle = async (names: string) => {
      await harness.sql(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      await harness.sql('SELECT pg_reload_conf()');
      await expect
        .poll(() => harness.sql('SHOW synchronous_standby_names'), { timeout: 60_000 })
        .toEqual([{ synchronous_standby_names: names }]);
    };
    const rival = new pg.Client({ connectionString: server.url });
    await rival.connect();
    // A commit that waits for a standby that never comes holds the transaction for as long as the test needs.
    await settle('nobody');
    const finishing = rival.query(`COMMIT PREPARED '${epoch.gid}'`);
    await expect
      .poll(() => harness.sql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`), { timeout: 60_000 })
      .toHaveLength(1);
    expect(await run.committer.commit(epoch)).toMatchObject({ status: 'retryLater', cause: { code: '55000' } });
    const next = harness.run(options(table), 2, [epoch]);
    await new Promise((done) => setTimeout(done, 150));
    await settle('');
    await finishing;
    await rival.end();
    expect(await commitAll(await next, [epoch])).toMatchObject([{ status: 'alreadyCommitted' }]);
    expect(await harness.rows(table)).toHaveLength(1);
    await run.close();
    await (await next).close();
  });
});

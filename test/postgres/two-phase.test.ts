import type pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';
import { type Query, whenQueried } from './statement-hook.js';

await describeWithPostgres('postgresSink, two-phase', (url) => {
  const harness = new SinkHarness(url);
  const options = (table: string) => harness.options(table, { transactional: 'two-phase' });
  const gidsOf = (committables: readonly object[]) =>
    committables.map((committable) => (committable as { gid: string }).gid);

  test('rows are in the server once prepared, and visible once committed', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1, name: 'a' }, { id: 2 }]);
    expect(await harness.prepared()).toEqual(gidsOf(epoch));
    expect(await harness.rows(table)).toEqual([]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: null },
    ]);
    expect(await commitAll(run, epoch)).toEqual([
      { status: 'alreadyCommitted', proof: 'ledger row of subtask 0, checkpoint 1, epoch 1' },
    ]);
    await run.close();
  });

  test('an identifier is made of allowed characters and far from the limit, whatever the names', async () => {
    const table = await harness.table();
    const names = { job: `'; DROP TABLE x; -- ${'ä'.repeat(500)}`, uid: '\\ " $1 %', subtask: 99_999 };
    const run = await harness.run(options(table), 9_999_999_999, [], names);
    const epoch = await epochOf(run, 9_007_199_254_740_991, [{ id: 1 }]);
    const [gid] = gidsOf(epoch);
    expect(gid?.slice(harness.prefix.length)).toMatch(/^_[0-9a-f]{16}_[0-9a-f]{16}_9999999999_99999_9007199254740991$/);
    expect(Buffer.byteLength(gid ?? '')).toBeLessThan(200);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('an empty epoch takes no slot, neither does one whose rows were all refused', async () => {
    const run = await harness.run(options(await harness.table()), 1);
    expect(await run.writer.begin().prepare(1)).toEqual([]);
    const transaction = run.writer.begin();
    void transaction.write({ id: 1, name: 'a\0b' }, 0);
    expect(await transaction.prepare(2)).toEqual([]);
    expect(run.rejected).toMatchObject([{ value: { id: 1 }, cause: { code: 'SLUICE_POSTGRES_VALUE' } }]);
    expect(await harness.prepared()).toEqual([]);
    await run.close();
  });

  test('elements of the next epoch are written while the one before is being prepared', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const first = run.writer.begin();
    void first.write({ id: 1 }, 0);
    const preparing = first.prepare(1);
    const second = run.writer.begin();
    void second.write({ id: 2 }, 0);
    const epochs = [...(await preparing), ...(await second.prepare(2))];
    expect(await harness.prepared()).toHaveLength(2);
    expect(await commitAll(run, epochs)).toHaveLength(2);
    expect(await harness.rows(table)).toHaveLength(2);
    await run.close();
  });

  test('what waits for the server is bounded', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { transactional: 'two-phase', rowsPerStatement: 10 }), 1);
    const transaction = run.writer.begin();
    let id = 0;
    while (transaction.write({ id, name: 'x' }, 0) === undefined) id++;
    expect(id).toBeLessThan(50);
    for (let more = 0; more < 1000; more++) await transaction.write({ id: ++id, name: 'x' }, 0);
    await commitAll(run, await transaction.prepare(1));
    expect(await harness.rows(table)).toHaveLength(id + 1);
    await run.close();
  });

  test('a row that the table refuses fails the epoch, before the checkpoint, and leaves nothing', async () => {
    const table = await harness.table();
    await harness.sql(`INSERT INTO ${table} VALUES (2, 'there')`);
    const run = await harness.run(options(table), 1);
    const transaction = run.writer.begin();
    void transaction.write({ id: 1, name: 'secret-value' }, 0);
    void transaction.write({ id: 2, name: 'secret-value' }, 0);
    const failure = await transaction.prepare(1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_STATEMENT', cause: { code: '23505' } });
    expect(String(failure)).toContain('a key that is already there');
    expect(JSON.stringify([failure, (failure as Error).cause, (failure as Error).stack])).not.toMatch(/secret|\(2\)/);
    await transaction.abort();
    expect(await harness.prepared()).toEqual([]);
    expect(await harness.sessions()).toEqual([]);
    await run.close();
  });

  test('PREPARE in a transaction that has failed, answered with ROLLBACK, is a failure', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const failure = await whenQueried(
      /^PREPARE TRANSACTION/,
      (client, original) => original.call(client, 'SELECT 1/0').catch(() => {}),
      () => epochOf(run, 1, [{ id: 1 }]).catch((error: unknown) => error),
    );
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_ROLLED_BACK' });
    expect(await harness.prepared()).toEqual([]);
    await run.close();
  });

  test('PREPARE with no transaction open is a failure', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const failure = await whenQueried(
      /^PREPARE TRANSACTION/,
      (client, original) => original.call(client, 'ROLLBACK'),
      () => epochOf(run, 1, [{ id: 1 }]).catch((error: unknown) => error),
    );
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_ROLLED_BACK' });
    expect((failure as Error).message).toContain('ROLLBACK');
    await run.close();
  });

  test('a COMMIT that is answered with ROLLBACK is a failure in ledger mode as well', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    const results = await whenQueried(
      /^COMMIT$/,
      (client, original) => original.call(client, 'SELECT 1/0').catch(() => {}),
      () => commitAll(run, epoch),
    );
    expect(results).toMatchObject([{ status: 'failed', cause: { code: 'SLUICE_POSTGRES_ROLLED_BACK' } }]);
    expect(await harness.rows(table)).toEqual([]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('an identifier that is taken is a failure', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    const [gid] = gidsOf(epoch);
    const taken = gid?.replace(/_1$/, '_2');
    await harness.sql('BEGIN');
    await harness.sql(`INSERT INTO ${table} VALUES (77, 'theirs')`);
    await harness.sql(`PREPARE TRANSACTION '${taken}'`);
    const failure = await epochOf(run, 2, [{ id: 2 }]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_STATEMENT', cause: { code: '42710' } });
    await harness.sql(`ROLLBACK PREPARED '${taken}'`);
    await commitAll(run, epoch);
    expect(await harness.rows(table)).toEqual([{ id: 1, name: null }]);
    await run.close();
  });

  test('abort leaves nothing behind: before anything was sent, with statements under way, while it is prepared, and after', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { transactional: 'two-phase', rowsPerStatement: 2 }), 1);
    // What is rolled back must not get into a checkpoint, even if it had been prepared by then.
    const gone = { code: 'SLUICE_POSTGRES_ABORTED' };
    for (const delay of ['none', 'rows', 'preparing', 'ledger sent', 'prepare sent', 'prepared'] as const) {
      const transaction = run.writer.begin();
      for (let id = 0; id < 20; id++) void transaction.write({ id, name: delay }, 0);
      if (delay === 'none') {
        await transaction.abort();
      } else if (delay === 'rows') {
        await new Promise((done) => setTimeout(done, 5));
        await transaction.abort();
      } else if (delay === 'preparing') {
        const preparing = transaction.prepare(1);
        await Promise.all([transaction.abort(), expect(preparing).rejects.toMatchObject(gone)]);
      } else if (delay === 'prepared') {
        await transaction.prepare(1);
        await transaction.abort();
      } else {
        const at = delay === 'ledger sent' ? /sluice_ledger/ : /^PREPARE TRANSACTION/;
        await whenQueried(
          at,
          async () => void transaction.abort(),
          () => expect(transaction.prepare(1), delay).rejects.toMatchObject(gone),
        );
        await transaction.abort();
      }
      await transaction.abort();
      expect(await harness.prepared(), delay).toEqual([]);
      expect(await harness.sessions(), delay).toEqual([]);
    }
    const epoch = await epochOf(run, 2, [{ id: 1, name: 'after' }]);
    await commitAll(run, epoch);
    expect(await harness.rows(table)).toEqual([{ id: 1, name: 'after' }]);
    await run.close();
  });

  test('abort waits for no lock that a stranger holds, and gives its own up', { timeout: 120_000 }, async () => {
    const table = await harness.table();
    const run = await harness.run({ ...options(table), rowsPerStatement: 1, lockTimeout: '10m' }, 1);
    await harness.sql('BEGIN');
    await harness.sql(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const transaction = run.writer.begin();
    void transaction.write({ id: 1 }, 0);
    const waiting = () =>
      harness.sql('SELECT pid FROM pg_locks WHERE NOT granted AND relation = $1::regclass', [table]);
    await expect.poll(waiting, { timeout: 60_000 }).not.toEqual([]);
    await transaction.abort();
    // While the table is still locked.
    expect(await waiting()).toEqual([]);
    await harness.sql('ROLLBACK');
    expect(await harness.rows(table)).toEqual([]);
    await run.close();
  });

  test('a connection that is lost in the middle of an epoch fails it, loudly, and later writes as well', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { transactional: 'two-phase', rowsPerStatement: 1 }), 1);
    const transaction = run.writer.begin();
    await transaction.write({ id: 1 }, 0);
    await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toHaveLength(1);
    await harness.sql('SELECT pg_terminate_backend($1)', await harness.sessions());
    const failure = await (async () => {
      for (let id = 2; id < 10_000; id++) await transaction.write({ id }, 0);
      await transaction.prepare(1);
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_CONNECTION' });
    await expect(transaction.prepare(1)).rejects.toBe(failure);
    await transaction.abort();
    const next = await harness.run(options(table), 2);
    await commitAll(next, await epochOf(next, 1, [{ id: 1 }]));
    expect(await harness.rows(table)).toHaveLength(1);
    await run.close();
    await next.close();
  });

  test('an acknowledgement that is lost, of PREPARE or of COMMIT PREPARED, loses and doubles nothing', async () => {
    const table = await harness.table();
    const run = await harness.run(options(table), 1);
    const cut = async (client: pg.Client, original: Query, text: string) => {
      await original.call(client, text);
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    };
    const first = run.writer.begin();
    void first.write({ id: 1 }, 0);
    await whenQueried(/^PREPARE TRANSACTION/, cut, () =>
      expect(first.prepare(1)).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_CONNECTION' }),
    );
    expect(await harness.prepared()).toHaveLength(1);
    await first.abort();
    expect(await harness.prepared()).toEqual([]);

    const epoch = await epochOf(run, 2, [{ id: 2 }]);
    const results = await whenQueried(/^COMMIT PREPARED/, cut, () => commitAll(run, epoch));
    expect(results).toMatchObject([{ status: 'retryLater' }]);
    expect(await commitAll(run, epoch)).toMatchObject([{ status: 'alreadyCommitted' }]);
    expect(await harness.rows(table)).toEqual([{ id: 2, name: null }]);
    await run.close();
  });
});

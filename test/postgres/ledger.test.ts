import type pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { type Committable, commitAll, epochOf, type Row, SinkHarness } from './sink-harness.js';
import { type Query, whenQueried } from './statement-hook.js';

await describeWithPostgres('postgresSink, ledger', (url) => {
  const harness = new SinkHarness(url);

  test('rows are there after the commit and not before; a second commit proves the first', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table), 1);
    const committables = await epochOf(run, 1, [{ id: 1, name: 'a' }, { id: 2 }]);
    expect(committables).toHaveLength(1);
    expect(await harness.rows(table)).toEqual([]);
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: null },
    ]);
    expect(await commitAll(run, committables)).toEqual([
      { status: 'alreadyCommitted', proof: 'ledger row of subtask 0, checkpoint 1, epoch 1' },
    ]);
    expect(await harness.rows(table)).toHaveLength(2);
    await run.close();
  });

  test('an epoch without rows has nothing to commit', async () => {
    const run = await harness.run(harness.options(await harness.table()), 1);
    expect(await run.writer.begin().prepare(1)).toEqual([]);
    await run.close();
  });

  test('an aborted epoch leaves nothing, and releases who waits for it', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { maxEpochBytes: 1 }), 1);
    const transaction = run.writer.begin();
    const full = transaction.write({ id: 1, name: 'a' }, 0);
    expect(run.requested()).toBe(1);
    await transaction.abort();
    await full;
    expect(await transaction.prepare(1)).toEqual([]);
    await run.close();
  });

  test('at maxEpochBytes it asks once for a checkpoint and is full until the epoch is sealed', async () => {
    const run = await harness.run(harness.options(await harness.table(), { maxEpochBytes: 20_000 }), 1);
    const transaction = run.writer.begin();
    let id = 0;
    while (transaction.write({ id, name: 'x'.repeat(100) }, 0) === undefined) id++;
    expect(id).toBeGreaterThan(50);
    expect(id).toBeLessThan(250);
    const full = transaction.write({ id: id + 1, name: 'after' }, 0);
    expect(full).toBeInstanceOf(Promise);
    expect(run.requested()).toBe(1);
    let released = false;
    void full?.then(() => {
      released = true;
    });
    await new Promise((done) => setImmediate(done));
    expect(released).toBe(false);
    const committables = await transaction.prepare(1);
    await full;
    expect(run.writer.begin().write({ id: 999_999, name: 'next epoch' }, 0)).toBeUndefined();
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('an upsert keeps the last row of each key, within one epoch and over several', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { upsertOn: ['id'], rowsPerStatement: 5 }), 1);
    const rows: Row[] = Array.from({ length: 50 }, (_, i) => ({ id: i % 7, name: `v${i}` }));
    await commitAll(run, await epochOf(run, 1, rows));
    expect(await harness.rows(table)).toEqual(rows.slice(-7).sort((a, b) => a.id - b.id));
    await commitAll(run, await epochOf(run, 2, [{ id: 3, name: 'x' }, { id: 3 }, { id: 70, name: 'new' }]));
    expect(await harness.rows(table)).toEqual(
      [...rows.slice(-7).filter(({ id }) => id !== 3), { id: 3, name: null }, { id: 70, name: 'new' }].sort(
        (a, b) => a.id - b.id,
      ),
    );
    await run.close();
  });

  test('keys that only the server knows to be equal are one key', async () => {
    const table = await harness.table('id numeric PRIMARY KEY, name text');
    const run = await harness.run<{ id: string; name: string }>(
      {
        connectionString: url,
        schema: harness.schema,
        table,
        columns: { id: (row) => row.id, name: (row) => row.name },
        upsertOn: ['id'],
      },
      1,
    );
    const epoch = await epochOf(run, 1, [
      { id: '1', name: 'one' },
      { id: '1.0', name: 'two' },
      { id: '01.00', name: 'three' },
    ]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.sql(`SELECT name FROM ${table}`)).toEqual([{ name: 'three' }]);
    await run.close();
  });

  test('an upsert of keys alone inserts those that are missing', async () => {
    const table = await harness.table('id int PRIMARY KEY');
    const options = harness.options(table, { columns: { id: (row) => row.id }, upsertOn: ['id'] });
    const run = await harness.run(options, 1);
    await commitAll(run, await epochOf(run, 1, [{ id: 1 }, { id: 1 }, { id: 2 }]));
    await commitAll(run, await epochOf(run, 2, [{ id: 2 }, { id: 3 }]));
    expect(await harness.sql(`SELECT count(*)::int AS n FROM ${table}`)).toEqual([{ n: 3 }]);
    await run.close();
  });

  test('what was not committed before a crash is committed by the next run, what was is not', async () => {
    const table = await harness.table();
    const options = harness.options(table);
    const first = await harness.run(options, 1);
    const one = await epochOf(first, 1, [{ id: 1, name: 'a' }]);
    const two = await epochOf(first, 2, [{ id: 2, name: 'b' }]);
    await commitAll(first, one);
    const restored = [...one, ...two];
    const second = await harness.run(options, 2, restored);
    expect((await commitAll(second, restored)).map(({ status }) => status)).toEqual(['alreadyCommitted', 'committed']);
    expect(await harness.rows(table)).toHaveLength(2);
    expect(await commitAll(first, two)).toMatchObject([{ status: 'failed', cause: { code: 'SLUICE_FENCED' } }]);
    await first.close();
    await second.close();
  });

  test('a checkpoint number that is used again by a later run is not taken for the earlier one', async () => {
    const table = await harness.table();
    const options = harness.options(table);
    const first = await harness.run(options, 1);
    await commitAll(first, await epochOf(first, 7, [{ id: 1 }]));
    const second = await harness.run(options, 2);
    expect(await commitAll(second, await epochOf(second, 7, [{ id: 2 }]))).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toHaveLength(2);
    await first.close();
    await second.close();
  });

  test('a job started afresh on a used database is no zombie, and old ledger rows prove nothing for it', async () => {
    const table = await harness.table();
    const options = harness.options(table);
    const old = await harness.run(options, 9);
    await commitAll(old, await epochOf(old, 1, [{ id: 1 }]));
    const fresh = await harness.run(options, 1, [], { incarnation: 'another' });
    const epoch = await epochOf(fresh, 1, [{ id: 2 }]);
    expect(await commitAll(fresh, epoch)).toEqual([{ status: 'committed' }]);
    const late = await epochOf(old, 2, [{ id: 3 }]);
    expect(await commitAll(old, late)).toMatchObject([{ status: 'failed', cause: { code: 'SLUICE_FENCED' } }]);
    expect(await harness.rows(table)).toHaveLength(2);
    await old.close();
    await fresh.close();
  });

  test('two sinks of one job, in one database, do not meet', async () => {
    const table = await harness.table();
    const one = await harness.run(harness.options(table), 1, [], { uid: 'one' });
    const two = await harness.run(harness.options(table), 1, [], { uid: 'two' });
    expect(await commitAll(one, await epochOf(one, 1, [{ id: 1 }]))).toEqual([{ status: 'committed' }]);
    expect(await commitAll(two, await epochOf(two, 1, [{ id: 2 }]))).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toHaveLength(2);
    await one.close();
    await two.close();
  });

  test('what the table refuses fails the commit, keeps its rows, and is committed once the table takes it', async () => {
    const table = await harness.table('id int PRIMARY KEY, name text CHECK (name <> $$secret-value$$)');
    const run = await harness.run(harness.options(table), 1);
    const epoch = await epochOf(run, 1, [
      { id: 1, name: 'fine' },
      { id: 2, name: 'secret-value' },
    ]);
    const [result] = await commitAll(run, epoch);
    expect(result).toMatchObject({ status: 'failed', cause: { code: 'SLUICE_POSTGRES_STATEMENT' } });
    expect(JSON.stringify(result, Object.getOwnPropertyNames((result as { cause: Error }).cause))).not.toContain(
      'secret',
    );
    expect(await harness.rows(table)).toEqual([]);
    await harness.sql(`ALTER TABLE ${table} DROP CONSTRAINT ${table.split('.')[1]}_name_check`);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('a row that is locked by somebody else is tried again later, and nothing of the epoch is there meanwhile', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table, { upsertOn: ['id'], lockTimeout: 50 }), 1);
    await harness.sql(`INSERT INTO ${table} VALUES (5, 'theirs')`);
    await harness.sql('BEGIN');
    await harness.sql(`UPDATE ${table} SET name = 'locked' WHERE id = 5`);
    const epoch = await epochOf(run, 1, [
      { id: 4, name: 'a' },
      { id: 5, name: 'b' },
    ]);
    expect(await commitAll(run, epoch)).toMatchObject([{ status: 'retryLater' }]);
    await harness.sql('ROLLBACK');
    expect(await harness.rows(table)).toEqual([{ id: 5, name: 'theirs' }]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('a commit is on disk when it is acknowledged, also where synchronous_commit is off', async () => {
    const table = await harness.table();
    const role = `${harness.schema}_async`;
    await harness.sql(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'pass'`);
    await harness.sql(`ALTER ROLE ${role} SET synchronous_commit = off`);
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = 'pass';
    const run = await harness.run(harness.options(table, { connectionString: theirs.href }), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    let setting: unknown;
    const look = async (client: pg.Client, original: Query) => {
      setting = await original.call(client, 'SHOW synchronous_commit');
    };
    await whenQueried(/^COMMIT$/, look, () => commitAll(run, epoch));
    expect(setting).toMatchObject({ rows: [{ synchronous_commit: 'on' }] });
    await run.close();
    await harness.sql(`DROP ROLE ${role}`);
  });

  test('proofs are deleted only before the oldest checkpoint that is kept, never those of savepoints, and what they might have proved is refused', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table), 1);
    const old: Committable[] = [...(await epochOf(run, 1, [{ id: 1 }]))];
    const held: Committable[] = [...(await epochOf(run, 2, [{ id: 2 }]))];
    await commitAll(run, [...old, ...held]);
    for (const checkpoint of [3, 69, 70, 71])
      await commitAll(run, await epochOf(run, checkpoint, [{ id: checkpoint }]));
    const proofs = async () =>
      (
        await harness.sql<{ checkpoint: number }>(
          `SELECT checkpoint::int FROM ${harness.schema}.sluice_ledger WHERE sink = $1 AND subtask >= 0 ORDER BY 1`,
          [`sink-1 ${table}`],
        )
      ).map(({ checkpoint }) => checkpoint);
    await run.committer.retained?.(3, [2]);
    expect(await proofs()).toEqual([1, 2, 3, 69, 70, 71]);
    await run.committer.retained?.(70, [2]);
    expect(await proofs()).toEqual([2, 70, 71]);
    expect(await commitAll(run, old)).toMatchObject([
      { status: 'failed', cause: { code: 'SLUICE_POSTGRES_PROOF_PRUNED' } },
    ]);
    expect(await commitAll(run, held)).toMatchObject([{ status: 'alreadyCommitted' }]);
    const next = await harness.run(harness.options(table), 2);
    await next.committer.retained?.(1_000, []);
    expect(await proofs()).toEqual([2]);
    expect(await commitAll(next, held)).toMatchObject([{ status: 'alreadyCommitted' }]);
    expect(await commitAll(next, await epochOf(next, 1_000, [{ id: 1_000 }]))).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toHaveLength(7);
    await run.close();
    await next.close();
  });
});

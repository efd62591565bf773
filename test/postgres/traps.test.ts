import { postgresSink } from '@sluice/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';

// What the server does, shown on the server itself, and what the sink makes of it. The other traps have their tests beside what they concern.
await describeWithPostgres('what PostgreSQL does with prepared transactions', (url) => {
  const harness = new SinkHarness(url);
  const twoPhase = (table: string) => harness.options(table, { transactional: 'two-phase' });
  const codeOf = (statement: Promise<unknown>): Promise<unknown> =>
    statement.then(
      () => undefined,
      (error: { readonly code?: string }) => error.code,
    );

  test('25001: COMMIT PREPARED inside a transaction is refused, so a prepared epoch never joins the publication of its checkpoint', async () => {
    const table = await harness.table();
    const run = await harness.run(twoPhase(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    const [gid] = await harness.prepared();
    await harness.sql('BEGIN');
    expect(await codeOf(harness.sql(`COMMIT PREPARED '${gid}'`))).toBe('25001');
    await harness.sql('ROLLBACK');
    expect(run.committer.resource).toBeUndefined();
    const ledger = await harness.run(harness.options(table), 1, [], { uid: 'in ledger mode' });
    expect(ledger.committer.resource).toMatch(/^postgres-1:[0-9a-f]{32}$/);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const refused = Promise.resolve(ledger.committer.commitWithin?.(client, epoch));
    await expect(refused).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_COMMITTABLE' });
    await client.end();
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
    await ledger.close();
  });

  test('0A000: a transaction that has touched a temporary table cannot be prepared, and its epoch fails before the checkpoint', async () => {
    const table = await harness.table();
    await harness.sql(`CREATE FUNCTION ${harness.schema}.note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN CREATE TEMP TABLE IF NOT EXISTS noted (n int); RETURN NEW; END $$`);
    await harness.sql(
      `CREATE TRIGGER note BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${harness.schema}.note()`,
    );
    const run = await harness.run(twoPhase(table), 1);
    await expect(epochOf(run, 1, [{ id: 1 }])).rejects.toMatchObject({
      code: 'SLUICE_POSTGRES_STATEMENT',
      cause: { code: '0A000' },
    });
    expect(await harness.prepared()).toEqual([]);
    const ledger = await harness.run(harness.options(table), 1, [], { uid: 'in ledger mode' });
    expect(await commitAll(ledger, await epochOf(ledger, 1, [{ id: 1 }]))).toEqual([{ status: 'committed' }]);
    await run.close();
    await ledger.close();
  });

  test('42601: a gid is no bind parameter, and 22023: it has 200 bytes at most', async () => {
    await harness.sql('BEGIN');
    expect(await codeOf(harness.sql('PREPARE TRANSACTION $1', ['x']))).toBe('42601');
    await harness.sql('ROLLBACK');
    await harness.sql('BEGIN');
    expect(await codeOf(harness.sql(`PREPARE TRANSACTION '${'x'.repeat(200)}'`))).toBe('22023');
    await harness.sql('ROLLBACK');
    const table = await harness.table();
    const longest = harness.options(table, { transactional: 'two-phase', prefix: 'p'.repeat(32) });
    const names = { job: 'j'.repeat(10_000), uid: "u'".repeat(10_000), subtask: Number.MAX_SAFE_INTEGER };
    const writer = await postgresSink(longest).open({
      ...harness.context(Number.MAX_SAFE_INTEGER, names),
      restoredState: [],
      reject: () => {},
      requestCheckpoint: () => {},
    });
    const transaction = writer.begin();
    void transaction.write({ id: 1 }, 0);
    // The fence is not this run's, which is found out behind everything that a name could break.
    await expect(transaction.prepare(Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await transaction.abort();
    await writer.close();
  });

  test('42704: ROLLBACK PREPARED of an unknown gid is no failure, COMMIT PREPARED of one is', async () => {
    const gid = `${harness.prefix}_${'0'.repeat(16)}_${'0'.repeat(16)}_1_0_1`;
    expect(await codeOf(harness.sql(`ROLLBACK PREPARED '${gid}'`))).toBe('42704');
    const table = await harness.table();
    const run = await harness.run(twoPhase(table), 1);
    const transaction = run.writer.begin();
    void transaction.write({ id: 1 }, 0);
    await transaction.prepare(1);
    const [prepared] = await harness.prepared();
    await harness.sql(`ROLLBACK PREPARED '${prepared}'`);
    await transaction.abort();
    expect(harness.warnings).toEqual([]);
    await run.close();
  });

  test('a prepared upsert holds its key until it is finished: the upsert behind it gets 55P03, so the two are never combined', async () => {
    const table = await harness.table();
    const upsert = `INSERT INTO ${table} VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`;
    await harness.sql(upsert);
    await harness.sql('BEGIN');
    await harness.sql(upsert);
    await harness.sql(`PREPARE TRANSACTION '${harness.prefix}_first epoch'`);
    await harness.sql('BEGIN');
    await harness.sql(`SET LOCAL lock_timeout = 50`);
    expect(await codeOf(harness.sql(upsert))).toBe('55P03');
    await harness.sql('ROLLBACK');
    expect(() => postgresSink({ ...twoPhase(table), upsertOn: ['id'] })).toThrow('SLUICE_POSTGRES_UPSERT_TWO_PHASE');
  });

  test('21000: an upsert statement may not hold a key twice, so the last row of each key is sent', async () => {
    const table = await harness.table();
    const twice = `INSERT INTO ${table} VALUES (1, 'a'), (1, 'b') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`;
    expect(await codeOf(harness.sql(twice))).toBe('21000');
    const run = await harness.run(harness.options(table, { upsertOn: ['id'] }), 1);
    const epoch = await epochOf(run, 1, [
      { id: 1, name: 'a' },
      { id: 1, name: 'b' },
    ]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toEqual([{ id: 1, name: 'b' }]);
    await run.close();
  });

  test('a prepared transaction holds FOR SHARE on the fence, so moving the fence first would be 55P03', async () => {
    const table = await harness.table();
    const run = await harness.run(twoPhase(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    await harness.sql('BEGIN');
    await harness.sql(`SET LOCAL lock_timeout = 50`);
    const move = harness.sql(`UPDATE ${harness.schema}.sluice_fence SET epoch = 2 WHERE sink = $1`, [
      `sink-1 ${table}`,
    ]);
    expect(await codeOf(move)).toBe('55P03');
    await harness.sql('ROLLBACK');
    const next = await harness.run(twoPhase(table), 2, epoch);
    expect(await harness.rows(table)).toHaveLength(1);
    await run.close();
    await next.close();
  });
});

import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';
import { whenQueried } from './statement-hook.js';

await describeWithPostgres('the recovery of postgresSink', (url) => {
  const harness = new SinkHarness(url);
  const twoPhase = (table: string) => harness.options(table, { transactional: 'two-phase' });
  const fenced = { code: 'SLUICE_FENCED' };

  test('commits what the checkpoint holds, in order, and rolls back what it does not hold', async () => {
    const table = await harness.table();
    const first = await harness.run(twoPhase(table), 1);
    const held = [...(await epochOf(first, 1, [{ id: 1 }])), ...(await epochOf(first, 2, [{ id: 2 }]))];
    await epochOf(first, 3, [{ id: 3, name: 'orphan' }]);
    await first.close();
    expect(await harness.prepared()).toHaveLength(3);
    const second = await harness.run(twoPhase(table), 2, held);
    expect(await harness.prepared()).toEqual([]);
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: null },
      { id: 2, name: null },
    ]);
    // The engine commits them once more, as the contract allows, and then what was replayed.
    expect((await commitAll(second, held)).map(({ status }) => status)).toEqual([
      'alreadyCommitted',
      'alreadyCommitted',
    ]);
    await commitAll(second, await epochOf(second, 3, [{ id: 3, name: 'replayed' }]));
    expect(await harness.rows(table)).toHaveLength(3);
    await second.close();
  });

  test('an orphan whose keys are replayed is gone before anything is written', async () => {
    const table = await harness.table();
    const first = await harness.run(twoPhase(table), 1);
    await epochOf(first, 1, [{ id: 1 }, { id: 2 }]);
    const started = performance.now();
    const second = await harness.run(twoPhase(table), 2);
    await commitAll(second, await epochOf(second, 1, [{ id: 1 }, { id: 2 }]));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await harness.rows(table)).toHaveLength(2);
    await first.close();
    await second.close();
  });

  test('a replay that meets an orphan nobody has rolled back waits no longer than lockTimeout', async () => {
    const table = await harness.table();
    const other = await harness.run(twoPhase(table), 1, [], { uid: 'another sink' });
    await epochOf(other, 1, [{ id: 1 }]);
    const run = await harness.run(harness.options(table, { transactional: 'two-phase', lockTimeout: 100 }), 1);
    await expect(epochOf(run, 1, [{ id: 1 }])).rejects.toMatchObject({ cause: { code: '55P03' } });
    await other.close();
    await run.close();
  });

  test('covers subtasks that are no more', async () => {
    const table = await harness.table();
    const subtasks = [0, 1, 2, 3];
    const runs = [];
    for (const subtask of subtasks) runs.push(await harness.run(twoPhase(table), 1, [], { subtask, parallelism: 4 }));
    const held = [];
    for (const [subtask, run] of runs.entries()) {
      held.push(...(await epochOf(run, 1, [{ id: subtask }])));
      await epochOf(run, 2, [{ id: 10 + subtask }]);
      await run.close();
    }
    expect(await harness.prepared()).toHaveLength(8);
    const run = await harness.run(twoPhase(table), 2, held, { parallelism: 2 });
    expect(await harness.prepared()).toEqual([]);
    expect((await harness.rows(table)).map(({ id }) => id)).toEqual(subtasks);
    await run.close();
  });

  test('covers older incarnations and other prefixes, which hold the fence as well', async () => {
    const table = await harness.table();
    const old = await harness.run(
      harness.options(table, { transactional: 'two-phase', prefix: `${harness.prefix}-old` }),
      5,
      [],
      {
        incarnation: 'gone',
      },
    );
    const [orphan] = await epochOf(old, 1, [{ id: 1 }]);
    const run = await harness.run(twoPhase(table), 1);
    expect(
      await harness.sql('SELECT 1 FROM pg_prepared_xacts WHERE gid = $1', [(orphan as { gid: string }).gid]),
    ).toEqual([]);
    await commitAll(run, await epochOf(run, 1, [{ id: 1, name: 'mine' }]));
    expect(await harness.rows(table)).toEqual([{ id: 1, name: 'mine' }]);
    await old.close();
    await run.close();
  });

  test('leaves the transactions of others alone', async () => {
    const table = await harness.table();
    const gid = `${harness.prefix}_by hand`;
    await harness.sql('BEGIN');
    await harness.sql(`INSERT INTO ${table} VALUES (5, 'theirs')`);
    await harness.sql(`PREPARE TRANSACTION '${gid}'`);
    const other = await harness.run(twoPhase(table), 1, [], { uid: 'another sink' });
    const [theirs] = await epochOf(other, 1, [{ id: 6 }]);
    const run = await harness.run(twoPhase(table), 2);
    expect(await harness.prepared()).toEqual([gid, (theirs as { gid: string }).gid].sort());
    await other.close();
    await run.close();
  });

  test.each(['ledger', 'two-phase'] as const)(
    'an older epoch can neither write nor commit nor come back: %s',
    async (mode) => {
      const table = await harness.table();
      const options = harness.options(table, { transactional: mode });
      const zombie = await harness.run(options, 1);
      const before = await epochOf(zombie, 1, [{ id: 1 }]);
      const run = await harness.run(options, 2);
      const [committed] = await commitAll(zombie, before);
      expect(committed).toMatchObject(
        mode === 'ledger'
          ? { status: 'failed', cause: fenced }
          : { status: 'failed', cause: { code: 'SLUICE_POSTGRES_LOST_TRANSACTION' } },
      );
      const written = await epochOf(zombie, 2, [{ id: 2 }]).catch((error: unknown) => error);
      if (mode === 'two-phase') expect(written).toMatchObject(fenced);
      else
        expect(await commitAll(zombie, written as typeof before)).toMatchObject([{ status: 'failed', cause: fenced }]);
      await expect(zombie.committer.recover(before)).rejects.toMatchObject(fenced);
      expect(await harness.rows(table)).toEqual([]);
      expect(await harness.prepared()).toEqual([]);
      await zombie.close();
      await run.close();
    },
  );

  test('a zombie that recovers rolls back nothing of the run that replaced it', async () => {
    const table = await harness.table();
    const zombie = await harness.run(twoPhase(table), 1);
    const run = await harness.run(twoPhase(table), 2);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    await expect(zombie.committer.recover([])).rejects.toMatchObject(fenced);
    expect(await harness.prepared()).toHaveLength(1);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await zombie.close();
    await run.close();
  });

  test('a zombie that hangs with its transaction open is ended', async () => {
    const table = await harness.table();
    const options = harness.options(table, { transactional: 'two-phase', rowsPerStatement: 1 });
    const zombie = await harness.run(options, 1);
    const open = zombie.writer.begin();
    await open.write({ id: 1 }, 0);
    await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toHaveLength(1);
    const run = await harness.run(options, 2);
    expect(harness.warnings).toContainEqual({ sink: `sink-1 ${table}`, sessions: expect.any(Number) });
    await commitAll(run, await epochOf(run, 1, [{ id: 1, name: 'mine' }]));
    await expect(open.prepare(1)).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_CONNECTION' });
    await open.abort();
    expect(await harness.rows(table)).toEqual([{ id: 1, name: 'mine' }]);
    await zombie.close();
    await run.close();
  });

  test('a zombie that prepares while its successor recovers is found at the next look', async () => {
    const table = await harness.table();
    const options = harness.options(table, { transactional: 'two-phase', rowsPerStatement: 1 });
    const zombie = await harness.run(options, 1);
    const open = zombie.writer.begin();
    await open.write({ id: 1 }, 0);
    await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toHaveLength(1);
    // The list has been read, and the fence is about to be moved.
    const run = await whenQueried(
      /INSERT INTO .*sluice_fence/,
      () => open.prepare(1),
      () => harness.run(options, 2),
    );
    expect(await harness.prepared()).toEqual([]);
    await commitAll(run, await epochOf(run, 1, [{ id: 1, name: 'mine' }]));
    expect(await harness.rows(table)).toEqual([{ id: 1, name: 'mine' }]);
    await zombie.close();
    await run.close();
  });

  test('a ledger commit that is under way is waited for, and proves itself', async () => {
    const table = await harness.table();
    const options = harness.options(table);
    const first = await harness.run(options, 1);
    const epoch = await epochOf(first, 1, [{ id: 1 }]);
    const { committing, second } = await whenQueried(
      /^COMMIT$/,
      () => new Promise((done) => setTimeout(done, 300)),
      async () => {
        const committing = commitAll(first, epoch);
        await expect.poll(() => harness.sessions(), { timeout: 60_000 }).toHaveLength(1);
        return { committing, second: await harness.run(options, 2, epoch) };
      },
    );
    expect(await committing).toEqual([{ status: 'committed' }]);
    expect(await commitAll(second, epoch)).toMatchObject([{ status: 'alreadyCommitted' }]);
    expect(await harness.rows(table)).toHaveLength(1);
    await first.close();
    await second.close();
  });

  test('an unknown transaction is lost unless the ledger proves that it was committed', async () => {
    const table = await harness.table();
    const run = await harness.run(twoPhase(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    const [gid] = await harness.prepared();
    await harness.sql(`ROLLBACK PREPARED '${gid}'`);
    const lost = { code: 'SLUICE_POSTGRES_LOST_TRANSACTION' };
    expect(await commitAll(run, epoch)).toMatchObject([{ status: 'failed', cause: lost }]);
    await expect(harness.run(twoPhase(table), 2, epoch)).rejects.toMatchObject(lost);

    const next = await harness.run(twoPhase(table), 3);
    const committed = await epochOf(next, 2, [{ id: 2 }]);
    const [other] = await harness.prepared();
    await harness.sql(`COMMIT PREPARED '${other}'`);
    expect(await commitAll(next, committed)).toMatchObject([{ status: 'alreadyCommitted' }]);
    const last = await harness.run(twoPhase(table), 4, committed);
    expect(await harness.rows(table)).toHaveLength(1);
    for (const each of [run, next, last]) await each.close();
  });

  test('a transaction that two finish at once is committed once, and the loser is told to try again', async () => {
    const table = await harness.table();
    const run = await harness.run(twoPhase(table), 1);
    for (let round = 1; round <= 10; round++) {
      const epoch = await epochOf(run, round, [{ id: round }]);
      const [gid] = await harness.prepared();
      const rival = harness.sql(`COMMIT PREPARED '${gid}'`).catch((error: { code: string }) => error.code);
      const [result] = await commitAll(run, epoch);
      expect(['committed', 'alreadyCommitted', 'retryLater']).toContain(result?.status);
      await rival;
      expect(await commitAll(run, epoch)).toMatchObject([{ status: 'alreadyCommitted' }]);
    }
    expect(await harness.rows(table)).toHaveLength(10);
    await run.close();
  });

  test('a transaction of another database, or of another role, is said to be that', async () => {
    const table = await harness.table();
    const role = `${harness.schema}_role`;
    const database = `${harness.schema}_db`;
    await harness.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'`);
    await harness.sql(`CREATE DATABASE ${database}`);
    const run = await harness.run(twoPhase(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1 }]);
    await harness.sql(`GRANT USAGE, CREATE ON SCHEMA ${harness.schema} TO ${role}`);
    await harness.sql(`GRANT ALL ON ALL TABLES IN SCHEMA ${harness.schema} TO ${role}`);

    const asRole = new URL(url);
    asRole.username = role;
    asRole.password = 'pass';
    const stranger = { ...twoPhase(table), connectionString: asRole.href };
    const roleError = { code: 'SLUICE_POSTGRES_ROLE', remedy: expect.stringContaining('pg_prepared_xacts') };
    await expect(harness.run(stranger, 2, epoch)).rejects.toMatchObject(roleError);
    await expect(harness.run(stranger, 2)).rejects.toMatchObject(roleError);

    const elsewhere = new URL(url);
    elsewhere.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: elsewhere.href });
    await client.connect();
    await client.query(`CREATE SCHEMA ${harness.schema}`);
    await client.query(`CREATE TABLE ${table} (id int PRIMARY KEY, name text)`);
    await client.end();
    const away = { ...twoPhase(table), connectionString: elsewhere.href };
    await expect(harness.run(away, 2, epoch)).rejects.toMatchObject(roleError);
    const afresh = await harness.run(away, 2);
    await afresh.close();
    expect(await harness.prepared()).toHaveLength(1);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
    await harness.sql(`DROP DATABASE ${database} WITH (FORCE)`);
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });

  test('the mode may be changed between two runs', async () => {
    const table = await harness.table();
    const first = await harness.run(twoPhase(table), 1);
    const prepared = await epochOf(first, 1, [{ id: 1 }]);
    const second = await harness.run(harness.options(table), 2, prepared);
    expect(await commitAll(second, prepared)).toMatchObject([{ status: 'alreadyCommitted' }]);
    const buffered = await epochOf(second, 2, [{ id: 2 }]);
    const third = await harness.run(twoPhase(table), 3, buffered);
    expect(await commitAll(third, buffered)).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toHaveLength(2);
    for (const run of [first, second, third]) await run.close();
  });

  test('a fence that a stranger has locked is a clear error', async () => {
    const table = await harness.table();
    const first = await harness.run(twoPhase(table), 1);
    await harness.sql('BEGIN');
    await harness.sql(`SELECT * FROM ${harness.schema}.sluice_fence WHERE sink = $1 FOR UPDATE`, [`sink-1 ${table}`]);
    await expect(harness.run(twoPhase(table), 2)).rejects.toMatchObject({
      code: 'SLUICE_POSTGRES_FENCE_HELD',
      remedy: expect.stringContaining('pg_locks'),
    });
    await harness.sql('ROLLBACK');
    const second = await harness.run(twoPhase(table), 3);
    await first.close();
    await second.close();
  });
});

import { createJob, fixedDelay, fromSource, type Job, noRestart, type Savepoint, to } from '@sluice/core';
import { type PostgresSinkOptions, postgresCheckpoints, postgresSink } from '@sluice/postgres';
import type pg from 'pg';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { pacedSource } from './paced-source.js';
import { type Row, SinkHarness } from './sink-harness.js';
import { type Query, whenQueried } from './statement-hook.js';

const never = new AbortController().signal;

await describeWithPostgres('rows, state and positions in one transaction', (url) => {
  const harness = new SinkHarness(url);
  const ids = Array.from({ length: 6_000 }, (_, id) => id);
  let jobs = 0;
  const storage = () => postgresCheckpoints({ connectionString: url, schema: harness.schema });
  const kept = (table: string) => `${harness.schema}.sluice_checkpoint_${table}`;

  interface Built {
    readonly job: Job;
    readonly name: string;
    readonly codes: string[];
  }

  interface Building {
    readonly attempts?: number;
    readonly name?: string;
    readonly startFrom?: Savepoint;
  }

  /** All ids into a table for each of the sinks, with a checkpoint every few milliseconds, all of them kept. */
  function build(
    sinks: readonly PostgresSinkOptions<Row>[],
    { attempts = 0, name = `${harness.job} ${++jobs}`, startFrom }: Building = {},
  ): Built {
    const codes: string[] = [];
    const numbers$ = fromSource(pacedSource(ids.length, 400)).pipe(map((id): Row => ({ id })));
    const job = createJob(
      name,
      sinks.map((options, i) => numbers$.pipe(to(postgresSink(options), { uid: `sink-${i}` }))),
      {
        guarantee: 'exactly-once',
        restart: attempts === 0 ? noRestart() : fixedDelay({ attempts, delay: 10 }),
        checkpoints: { interval: 10, storage: storage(), retained: 1_000 },
        ...(startFrom && { startFrom }),
      },
    );
    job.events.subscribe({
      next: (event) => {
        if (event.type === 'restarting') codes.push((event.cause as { code?: string }).code ?? '');
      },
      error: () => {},
    });
    return { job, name, codes };
  }

  const idsIn = async (table: string) => (await harness.rows(table)).map(({ id }) => id);

  /** Transactions of the server that wrote a row, and those that published a checkpoint of the job. */
  async function writers(table: string, name: string) {
    const rows = await harness.sql<{ x: string }>(`SELECT DISTINCT xmin::text AS x FROM ${table}`);
    const manifests = await harness.sql<{ x: string }>(
      `SELECT xmin::text AS x FROM ${kept('manifests')} WHERE job = $1`,
      [name],
    );
    const published = new Set(manifests.map(({ x }) => x));
    return { rows: rows.length, together: rows.filter(({ x }) => published.has(x)).length };
  }

  /** Savepoints whose proofs the ledger keeps for ever. */
  const keptProofs = async (name: string) =>
    (await harness.sql(`SELECT FROM ${harness.schema}.sluice_ledger WHERE job = $1 AND subtask = -1`, [name])).length;

  const parts = (name: string, pattern: string) =>
    harness.sql(`SELECT name FROM ${kept('blobs')} WHERE job = $1 AND name LIKE $2`, [name, pattern]);

  test('every row is written by the transaction that publishes its checkpoint, and is nowhere else', async () => {
    const table = await harness.table();
    const { job, name } = build([harness.options(table)]);
    expect((await job.run()).status).toBe('finished');
    expect(await idsIn(table)).toEqual(ids);
    const { rows, together } = await writers(table, name);
    expect(rows).toBeGreaterThan(1);
    expect(together).toBe(rows);
    expect(await parts(name, '%-t%')).toEqual([]);
  });

  test('several sinks: those that can join do, the others commit afterwards, and all are exactly once', async () => {
    const [joins, prepared, byOther] = [await harness.table(), await harness.table(), await harness.table()];
    const role = `${harness.schema}_other`;
    await harness.sql(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'pass'`);
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = 'pass';
    const { job, name } = build([
      harness.options(joins),
      harness.options(prepared, { transactional: 'two-phase' }),
      harness.options(byOther, { connectionString: theirs.href }),
    ]);
    await job.run();
    for (const table of [joins, prepared, byOther]) expect(await idsIn(table)).toEqual(ids);
    const first = await writers(joins, name);
    expect(first.together).toBe(first.rows);
    for (const table of [prepared, byOther]) expect((await writers(table, name)).together).toBe(0);
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });

  test('a connection string that sets something else does not join, since it may read text otherwise', async () => {
    const table = await harness.table();
    const other = new URL(url);
    other.searchParams.set('options', '-c DateStyle=SQL,DMY');
    const { job, name } = build([harness.options(table, { connectionString: other.href })]);
    await job.run();
    expect(await idsIn(table)).toEqual(ids);
    expect((await writers(table, name)).together).toBe(0);
  });

  test('restarts lose and double nothing, and a row that the table refuses fails its checkpoint and is not committed', async () => {
    const table = await harness.table('id int PRIMARY KEY CHECK (id <> 4000), name text');
    const { job, codes } = build([harness.options(table)], { attempts: 3 });
    const finished = job.run().catch((error: unknown) => error);
    await expect.poll(() => codes.length, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(codes[0]).toBe('SLUICE_POSTGRES_STATEMENT');
    await harness.sql(`ALTER TABLE ${table} DROP CONSTRAINT ${table.split('.')[1]}_id_check`);
    await finished;
    if ((await idsIn(table)).length < ids.length) await build([harness.options(table)]).job.run();
    expect(await idsIn(table)).toEqual(ids);
  });

  const cut = (client: pg.Client) =>
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

  test.each(['executed', 'not executed'] as const)(
    'a COMMIT whose answer is lost, %s, is looked up: the job goes on without a restart',
    async (how) => {
      const table = await harness.table();
      const { job, name } = build([harness.options(table)]);
      let strikes = 0;
      const strike = async (client: pg.Client, original: Query, text: string) => {
        const { rows } = (await original.call(client, 'SHOW application_name')) as pg.QueryResult;
        if (!String(rows[0]?.application_name).startsWith('sluice_lease_')) return;
        strikes++;
        if (how === 'executed') await original.call(client, text);
        cut(client);
      };
      const { status, restarts } = await whenQueried(/^COMMIT$/, strike, () => job.run(), { every: 3 });
      expect(strikes).toBeGreaterThan(2);
      expect({ status, restarts }).toEqual({ status: 'finished', restarts: 0 });
      expect(await idsIn(table)).toEqual(ids);
      const { rows, together } = await writers(table, name);
      expect(together).toBe(rows);
    },
  );

  test('a connection that breaks between two statements of the publication is replaced, and nothing is half there', async () => {
    const table = await harness.table();
    const { job } = build([harness.options(table)]);
    let strikes = 0;
    const strike = async (client: pg.Client) => {
      strikes++;
      cut(client);
    };
    const pattern = new RegExp(
      `^INSERT INTO "${harness.schema}"\\."(sluice_checkpoint_manifests|${table.split('.')[1]})"`,
    );
    const { restarts } = await whenQueried(pattern, strike, () => job.run(), { every: 4 });
    expect(strikes).toBeGreaterThan(2);
    expect(restarts).toBe(0);
    expect(await idsIn(table)).toEqual(ids);
  });

  test('a superseded lease publishes neither manifest nor rows', async () => {
    const table = await harness.table();
    const old = await storage().acquire('superseded', never);
    const next = await storage().acquire('superseded', never);
    let called = false;
    const rows = async (transaction: unknown) => {
      called = true;
      await (transaction as { query(text: string): Promise<unknown> }).query(`INSERT INTO ${table} VALUES (1)`);
    };
    await expect(old.publish(1, Buffer.from('old'), rows)).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    expect(called).toBe(false);
    await next.publish(1, Buffer.from('next'), rows);
    expect(await idsIn(table)).toEqual([1]);
    await old.release();
    await next.release();
  });

  test('a publication that hangs with its rows written is ended by the next lease, and is not there', async () => {
    const table = await harness.table();
    const old = await storage().acquire('hanging', never);
    let written: () => void = () => {};
    const hasWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    let wake: () => void = () => {};
    const goOn = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const hanging = old
      .publish(1, Buffer.from('old'), async (transaction) => {
        await (transaction as { query(text: string): Promise<unknown> }).query(`INSERT INTO ${table} VALUES (1)`);
        written();
        await goOn;
      })
      .catch((error: unknown) => error);
    await hasWritten;
    const next = await storage().acquire('hanging', never);
    expect(await next.list()).toEqual([]);
    expect(await idsIn(table)).toEqual([]);
    await next.publish(1, Buffer.from('next'));
    wake();
    expect(await hanging).toMatchObject({ code: 'SLUICE_FENCED' });
    expect(await idsIn(table)).toEqual([]);
    await old.release();
    await next.release();
  });

  test('what `within` throws is thrown on, and neither manifest nor rows are there', async () => {
    const table = await harness.table();
    const lease = await storage().acquire('throwing', never);
    const failure = new Error('of the sink');
    const publishing = lease.publish(1, Buffer.from('m'), async (transaction) => {
      await (transaction as { query(text: string): Promise<unknown> }).query(`INSERT INTO ${table} VALUES (1)`);
      throw failure;
    });
    await expect(publishing).rejects.toBe(failure);
    expect(await lease.list()).toEqual([]);
    expect(await idsIn(table)).toEqual([]);
    await lease.publish(1, Buffer.from('m'));
    await lease.release();
  });

  test('a savepoint of a running job holds its rows, which become visible with the next checkpoint and never twice', async () => {
    const table = await harness.table();
    const { job, name } = build([harness.options(table)]);
    const running = job.run();
    await job.savepoint();
    expect(await keptProofs(name)).toBe(1);
    await running;
    expect(await idsIn(table)).toEqual(ids);
    const { rows, together } = await writers(table, name);
    expect(together).toBe(rows);
  });

  test('a job that is stopped with a savepoint and started from it goes on exactly where it was', async () => {
    const table = await harness.table();
    const { job, name } = build([harness.options(table)]);
    const running = job.run();
    await expect.poll(async () => (await idsIn(table)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    await job.stop({ savepoint: true });
    const { savepoint } = await running;
    const before = await idsIn(table);
    expect(before).toEqual(ids.slice(0, before.length));
    expect(before.length).toBeLessThan(ids.length);
    const started: (number | undefined)[] = [];
    expect(await keptProofs(name)).toBe(1);
    const next = build([harness.options(table)], { name, ...(savepoint && { startFrom: savepoint }) });
    next.job.events.subscribe((event) => {
      if (event.type === 'started') started.push(event.restoredFrom);
    });
    await next.job.run();
    expect(started).toHaveLength(1);
    expect(await idsIn(table)).toEqual(ids);
  });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createJob,
  fixedDelay,
  fromSource,
  memoryCheckpoints,
  noRestart,
  type Rejected,
  sideOutput,
  to,
} from '@sluice/core';
import { type PostgresSinkOptions, postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { collectTransactionalSink } from '@sluice/testing';
import pg from 'pg';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { everything } from './everything.js';
import type { RefusedPlan } from './kill/refused-plan.js';
import { workerProgram } from './kill/worker-program.js';
import { pacedSource } from './paced-source.js';
import { commitAll, epochOf, persisted, type Run, SinkHarness } from './sink-harness.js';
import { countingStatements } from './statement-hook.js';

/** What only the function of the server asks, that reads texts of a type. */
const TRIAL = /^SELECT \(SELECT count\(/;
const SECRET = 'very-secret';

interface Item {
  readonly id: number;
  readonly value: unknown;
}

await describeWithPostgres('a text that only the server can refuse', (url) => {
  const harness = new SinkHarness(url);
  const types = harness.schema;

  const options = (table: string, more: Partial<PostgresSinkOptions<Item>> = {}): PostgresSinkOptions<Item> => ({
    connectionString: url,
    schema: harness.schema,
    table,
    columns: { id: ({ id }) => id, value: ({ value }) => value },
    ...more,
  });

  test('the types of these tests', async () => {
    await harness.sql(`CREATE TYPE ${types}.mood AS ENUM ('happy', 'so-so')`);
    await harness.sql(`CREATE DOMAIN ${types}.small AS int CHECK (VALUE < 10)`);
    await harness.sql(`CREATE DOMAIN ${types}.short AS varchar(3)`);
    await harness.sql(`CREATE DOMAIN ${types}.few AS int[] CHECK (array_length(VALUE, 1) < 3)`);
    await harness.sql(`CREATE TYPE ${types}.pair AS (a int, b text)`);
  });

  const own = (name: string) => `${types}.${name}`;
  const kinds: readonly (readonly [type: string, good: unknown, bad: readonly unknown[]])[] = [
    ['date', '1 March 2024', ['30 February 2024', '2024-02-30', SECRET]],
    ['timestamptz', '2024-02-29 10:00 Europe/Berlin', ['2024-02-30 10:00', '10:00 Nowhere/Land']],
    ['timestamp(3)', 'yesterday', ['soon', '2024-13-01']],
    ['interval', '3 days', ['3 moons']],
    ['int4', '12', ['1__2', '0xf_']],
    ['int8', ' 12\n', ['\u00a012', '12\ufeff', 10n ** 30n]],
    ['bool', '\tyes', ['\u00a0true', 'true\u2003']],
    ['varchar(3)', 'abc  ', ['abc\n', 'abc\u00a0', 'abc\t']],
    ['char(3)', 'abc  ', ['abc\r\n', 'abc\u2003']],
    ['float4', '1.5', [3.5e38, 10n ** 50n]],
    ['float8', '1e300', ['1e400', '1e-400', 10n ** 400n]],
    ['numeric', '1e1000', ['1e200000', '1__0']],
    ['numeric(5,2)', '999.994', ['999.995', '12345.6', 1e6, 12345678901234567890n, 'Infinity']],
    ['inet', '10.0.0.1', ['10.0.0.256', SECRET]],
    ['uuid[]', ['6f9619ff-8b86-4011-b42d-00cf4fc964ff'], [['6f9619ff'], SECRET]],
    ['date[]', ['2024-02-29', null], [['2024-02-29', '2023-02-29']]],
    ['int[]', [1, 2], [['x'], [1, 2.5], [2 ** 31], [[1], [1, 2]], '{1', { a: 1 }]],
    ['text[]', ['a', 'b"\\'], ['{a', [['a'], ['b', 'c']]]],
    ['varchar(3)[]', ['abc'], [['abcd']]],
    ['jsonb', '{"a": 1e3}', ['1e400000', '[1, {"a": -1e+131073}]', `{"a": "${SECRET}", "b": 1E200000}`]],
    ['bytea', '\\x00ff', ['\\xzz', '\\x0', '\\9']],
    ['bit(3)', '101', ['1010', '2']],
    ['int4range', '[1,3)', ['[3,1)', '[1']],
    ['point', '(1,2)', ['1']],
    ['regclass', 'pg_catalog.pg_class', [SECRET]],
    [own('mood'), 'so-so', ['sad', 5]],
    [own('small'), '9', ['12', 10, 'x']],
    [own('short'), 'abc', ['abcd']],
    [own('few'), [1, 2], [[1, 2, 3]]],
    [own('pair'), '(1,x)', ['(x,1)', '(1)']],
  ];

  /** Good rows with the bad ones spread among them: one in the first, one in the last row. */
  function rowsOf(count: number, good: unknown, bad: readonly unknown[]): Item[] {
    const places = bad.map((_, i) => Math.round((i * (count - 1)) / Math.max(1, bad.length - 1)));
    return Array.from({ length: count }, (_, id) => {
      const at = places.lastIndexOf(id);
      return { id, value: at < 0 ? good : bad[at] };
    });
  }

  function expectRejected(run: Run<Item>, rows: readonly Item[], good: unknown): void {
    const bad = rows.filter(({ value }) => value !== good);
    expect(run.rejected.map(({ value }) => value.id)).toEqual(bad.map(({ id }) => id));
    for (const { value, cause } of run.rejected) {
      expect(rows[value.id]).toBe(value);
      expect(cause).toMatchObject({
        code: 'SLUICE_POSTGRES_VALUE',
        expected: expect.stringContaining('"value"'),
        remedy: expect.stringContaining('`rejected` output'),
      });
      expect(everything(cause)).not.toContain(SECRET);
    }
  }

  const modes = ['ledger', 'two-phase'] as const;
  test.each(modes.flatMap((mode) => kinds.map((kind) => [mode, ...kind] as const)))(
    'is rejected before the checkpoint, and the rest committed by another process: %s, %s',
    async (transactional, type, good, bad) => {
      for (const count of [bad.length + 1, 40]) {
        const table = await harness.table(`id int, value ${type}`);
        const run = await harness.run(options(table, { rowsPerStatement: 16, transactional }), 1);
        const rows = rowsOf(count, good, bad);
        const epoch = await epochOf(run, 1, rows);
        expectRejected(run, rows, good);
        const restored = epoch.map((each) => persisted(postgresSink(options(table, { transactional })), each));
        await run.close();
        const next = await harness.run(options(table, { transactional }), 2, restored);
        // What was prepared has been committed by the recovery of the next run.
        const status = transactional === 'ledger' ? 'committed' : 'alreadyCommitted';
        expect(await commitAll(next, restored)).toMatchObject([{ status }]);
        const kept = rows.filter(({ value }) => value === good).map(({ id }) => id);
        expect((await harness.sql(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id)).toEqual(kept);
        await next.close();
      }
    },
  );

  test('is rejected out of chunks that are copied', async () => {
    const table = await harness.table('id int, value jsonb');
    const run = await harness.run(options(table, { rowsPerStatement: 300 }), 1);
    const rows = rowsOf(1_200, '{"a": 1}', ['1e400000', '-1e400000', '[1e400000]', '1e300000']);
    const epoch = await epochOf(run, 1, rows);
    expectRejected(run, rows, '{"a": 1}');
    const { count } = await countingStatements(/^COPY /, () => commitAll(run, epoch));
    expect(count).toBeGreaterThan(0);
    expect(await harness.sql(`SELECT count(*)::int AS n FROM ${table}`)).toEqual([{ n: 1_196 }]);
    await run.close();
  });

  test('in two columns of a row is one rejected row; an epoch in which nothing is left has nothing to commit', async () => {
    const table = await harness.table('id inet, value date');
    const run = await harness.run(options(table, { columns: { id: () => 'x', value: ({ value }) => value } }), 1);
    expect(
      await epochOf(run, 1, [
        { id: 1, value: 'x' },
        { id: 2, value: '2024-01-01' },
      ]),
    ).toEqual([]);
    expect(run.rejected.map(({ value }) => value.id)).toEqual([1, 2]);
    expect(await epochOf(run, 2, [{ id: 3, value: 'x' }])).toEqual([]);
    await run.close();
  });

  test('of thousands that are refused each is rejected', async () => {
    const table = await harness.table('id int, value date');
    const run = await harness.run(options(table), 1);
    const rows = Array.from({ length: 3_000 }, (_, id) => ({
      id,
      value: id % 3 === 0 ? '2024-01-01' : `31.${id}.2024`,
    }));
    const epoch = await epochOf(run, 1, rows);
    expect(run.rejected).toHaveLength(2_000);
    await commitAll(run, epoch);
    expect(await harness.rows(table)).toHaveLength(1_000);
    await run.close();
  });

  test('is no longer one when the column has been altered since: nothing is rejected by what was', async () => {
    const table = await harness.table('id int, value inet');
    const run = await harness.run(options(table), 1);
    await harness.sql(`ALTER TABLE ${table} ALTER COLUMN value TYPE text`);
    const epoch = await epochOf(run, 1, [{ id: 1, value: 'no address' }]);
    expect(run.rejected).toEqual([]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.sql(`SELECT * FROM ${table}`)).toEqual([{ id: 1, value: 'no address' }]);
    await run.close();
  });

  test('that was a value when it was asked for is written to the type that its column has now', async () => {
    const type = own('passing');
    await harness.sql(`CREATE TYPE ${type} AS ENUM ('here')`);
    const table = await harness.table(`id int, value ${type}`);
    const run = await harness.run(options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1, value: 'here' }]);
    await harness.sql(`ALTER TABLE ${table} ALTER COLUMN value TYPE text USING value::text`);
    await harness.sql(`DROP TYPE ${type}`);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.sql(`SELECT * FROM ${table}`)).toEqual([{ id: 1, value: 'here' }]);
    await run.close();
  });

  test('numbers, strings in text columns, Dates, labels of enums and plain lists ask the server nothing', async () => {
    const table = await harness.table(
      `a int, b numeric(12,2), c text, d varchar(9), e timestamptz, f date, g jsonb, h ${own('mood')}, i text[], j int[], k uuid, l bytea, m bool, n float8, o date`,
    );
    const run = await harness.run(
      {
        connectionString: url,
        schema: harness.schema,
        table,
        columns: {
          a: (id: number) => id,
          b: (id) => id / 4,
          c: (id) => `text é ${id}`,
          d: (id) => `é${id}`,
          e: (id) => new Date(id * 1e9),
          f: (id) => id * 1e9,
          g: (id) => ({ id, list: [1.5, 'é'] }),
          h: (id) => (id % 2 === 0 ? 'happy' : 'so-so'),
          i: (id) => [`é${id}`, null],
          j: (id) => [id, -id],
          k: () => '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
          l: () => Uint8Array.of(1),
          m: (id) => id % 2 === 0,
          n: (id) => id / 3,
          o: () => '2024-02-28',
        },
      },
      1,
    );
    const { count, result } = await countingStatements(/./, () =>
      epochOf(
        run,
        1,
        Array.from({ length: 2_000 }, (_, id) => id),
      ),
    );
    expect(count).toBe(0);
    expect(run.rejected).toEqual([]);
    expect(await commitAll(run, result)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('one question for an epoch, on one connection that is kept', async () => {
    const table = await harness.table('id inet, value date');
    const run = await harness.run(options(table, { columns: { id: () => '::1', value: ({ value }) => value } }), 1);
    for (let checkpoint = 1; checkpoint <= 3; checkpoint++) {
      const { count } = await countingStatements(/./, () =>
        epochOf(
          run,
          checkpoint,
          Array.from({ length: 500 }, (_, id) => ({ id, value: '1 May 2024' })),
        ),
      );
      expect(count).toBe(1);
    }
    await run.close();
  });

  test('a connection that is lost while the server is asked is replaced', async () => {
    const table = await harness.table('id int, value inet');
    const run = await harness.run(options(table), 1);
    await epochOf(run, 1, [{ id: 1, value: '::1' }]);
    await harness.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT (SELECT count("pg_catalog"."inet_in"%' AND pid <> pg_backend_pid()`,
    );
    const rows = [
      { id: 2, value: '::2' },
      { id: 3, value: SECRET },
    ];
    const epoch = await epochOf(run, 2, rows);
    expect(run.rejected.map(({ value }) => value.id)).toEqual([3]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    await run.close();
  });

  test('in a database that does not know all characters, one that it lacks is found as well', async () => {
    const name = `${harness.schema}_latin`;
    await harness.sql(`CREATE DATABASE ${name} ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`);
    const theirs = new URL(url);
    theirs.pathname = name;
    const client = new pg.Client({ connectionString: theirs.href });
    await client.connect();
    await client.query('CREATE TABLE texts (id int, value text, list text[])');
    const latin = options('texts', {
      connectionString: theirs.href,
      schema: 'public',
      columns: { id: ({ id }) => id, value: ({ value }) => value, list: ({ value }) => [value] },
    });
    const run = await harness.run(latin, 1);
    const epoch = await epochOf(run, 1, [
      { id: 1, value: 'é' },
      { id: 2, value: '漢字' },
      { id: 3, value: 'plain' },
    ]);
    expect(run.rejected.map(({ value }) => value.id)).toEqual([2]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect((await client.query('SELECT id FROM texts ORDER BY id')).rows).toEqual([{ id: 1 }, { id: 3 }]);
    await run.close();
    await client.end();
    await harness.sql(`DROP DATABASE ${name}`);
  });

  const COUNT = 2_000;
  const isBad = (id: number): boolean => id % 401 === 7;
  const element = (id: number): Item => ({ id, value: isBad(id) ? `${SECRET} ${id}` : `10.0.0.${id % 256}` });
  const good = Array.from({ length: COUNT }, (_, id) => id).filter((id) => !isBad(id));
  const storages = [
    ['memory', () => memoryCheckpoints()],
    ['the same database', () => postgresCheckpoints({ connectionString: url, schema: harness.schema })],
  ] as const;

  test.each(storages)('goes to the rejected output of a job: checkpoints in %s', async (where, storage) => {
    const table = await harness.table('id int, value inet');
    const rejected$ = sideOutput<Rejected<Item>>('rejected');
    const refused = collectTransactionalSink<number>();
    const job = createJob(
      `${harness.job} taken ${where}`,
      [
        fromSource(pacedSource(COUNT, 400)).pipe(
          map(element),
          to(postgresSink(options(table)), { rejected: rejected$ }),
        ),
        rejected$.pipe(
          map(({ value }) => value.id),
          to(refused),
        ),
      ],
      { guarantee: 'exactly-once', checkpoints: { interval: 10, storage: storage() }, restart: noRestart() },
    );
    expect((await job.run()).status).toBe('finished');
    expect([...refused.values].sort((a, b) => a - b)).toEqual([7, 408, 809, 1210, 1611]);
    expect((await harness.sql(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id)).toEqual(good);
  });

  test.each(storages)(
    'fails a job without one before the checkpoint, at every restart, and nothing is lost: checkpoints in %s',
    async (where, storage) => {
      const table = await harness.table('id int, value inet');
      const kept = storage();
      const make = () =>
        createJob(
          `${harness.job} untaken ${where}`,
          fromSource(pacedSource(COUNT, 400)).pipe(map(element), to(postgresSink(options(table)))),
          {
            guarantee: 'exactly-once',
            checkpoints: { interval: 10, storage: kept },
            restart: fixedDelay({ attempts: 2, delay: 1 }),
          },
        );
      const failure = await make()
        .run()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_VALUE', cause: { code: '22P02' } });
      expect(everything(failure)).not.toContain(SECRET);
      expect(await harness.sql(`SELECT * FROM ${table}`)).toEqual([]);
      await harness.sql(`ALTER TABLE ${table} ALTER COLUMN value TYPE text`);
      expect((await make().run()).status).toBe('finished');
      expect(await harness.sql(`SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM ${table}`)).toEqual([
        { n: COUNT, ids: COUNT },
      ]);
    },
  );

  test('is rejected once, and everything else written once, over kill -9 between the question and the commit', {
    timeout: 60_000,
  }, async () => {
    const program = await workerProgram('refused-worker');
    const folder = mkdtempSync(join(tmpdir(), 'sluice-refused-'));
    const table = await harness.table('id int, value inet');
    const rejects = await harness.table('id int');
    const plan: RefusedPlan = {
      url,
      schema: harness.schema,
      job: `${harness.job} killed`,
      folder,
      table,
      rejects,
      count: 6_000,
    };
    const run = (own: RefusedPlan): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [program.path, JSON.stringify(own)], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += String(chunk);
        });
        child.on('close', (code, signal) => resolve(signal ?? (code === 0 ? 'finished' : text)));
      });
    try {
      for (const kill of [
        { point: 'texts read', nth: 2, delay: 0 },
        { point: 'rows inserted', nth: 5, delay: 0 },
        { point: 'rows inserted', nth: 1, delay: 0 },
        { point: 'texts read', nth: 4, delay: 0 },
      ] as const) {
        expect(await run({ ...plan, kill }), kill.point).toBe('SIGKILL');
      }
      for (const time of ['last', 'quiet']) expect(await run(plan), `the ${time} start`).toBe('finished');
      const ids = async (of: string) =>
        (await harness.sql(`SELECT id FROM ${of} ORDER BY id`)).map(({ id }) => id as number);
      const all = Array.from({ length: plan.count }, (_, id) => id);
      expect(await ids(rejects)).toEqual(all.filter((id) => id % 97 === 13));
      expect(await ids(table)).toEqual(all.filter((id) => id % 97 !== 13));
    } finally {
      program.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the question is recognised by these tests', async () => {
    const table = await harness.table('id int, value inet');
    const run = await harness.run(options(table), 1);
    const { count } = await countingStatements(TRIAL, () => epochOf(run, 1, [{ id: 1, value: '::1' }]));
    expect(count).toBe(1);
    await run.close();
  });
});

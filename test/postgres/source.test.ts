import { randomUUID } from 'node:crypto';
import type { Source, SourceBatch, SourceSplit } from '@sluice/connector-sdk';
import { callbackSink, createJob, fixedDelay, fromSource, memoryCheckpoints, noRestart, to } from '@sluice/core';
import {
  type KeyPosition,
  type KeyRange,
  type PostgresRow,
  type PostgresSourceOptions,
  postgresSource,
} from '@sluice/postgres';
import { collectTransactionalSink } from '@sluice/testing';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { SinkHarness } from './sink-harness.js';

type Rows = Source<PostgresRow, KeyRange, KeyPosition>;
const never = new AbortController().signal;

await describeWithPostgres('postgresSource', (url) => {
  const harness = new SinkHarness(url);
  const source = (options: Omit<PostgresSourceOptions<PostgresRow>, 'connectionString'>): Rows =>
    postgresSource({ connectionString: url, chunkRows: 7, ...options });

  async function batches(
    from: Rows,
    { id, split }: SourceSplit<KeyRange>,
    position?: KeyPosition,
    between: () => Promise<unknown> = async () => {},
  ): Promise<SourceBatch<PostgresRow, KeyPosition>[]> {
    const reader = await from.open(harness.context(1));
    const found: SourceBatch<PostgresRow, KeyPosition>[] = [];
    try {
      for await (const batch of reader.read({ id, split }, position, never)) {
        found.push(batch);
        await between();
      }
      return found;
    } finally {
      await reader.close();
    }
  }

  async function all(from: Rows, between?: () => Promise<unknown>): Promise<PostgresRow[]> {
    const rows: PostgresRow[] = [];
    for (const split of await from.discover(never)) {
      for (const { values } of await batches(from, split, undefined, between)) rows.push(...Array.from(values));
    }
    return rows;
  }

  const keysOf = (rows: readonly PostgresRow[], name = 'id') => rows.map((row) => row[name]);
  const fill = (table: string, select: string) => harness.sql(`INSERT INTO ${table} ${select}`);

  test.each([
    ['int', 'g', 1],
    ['bigint', 'g * 9000000000', 3],
    ['text', `md5(g::text)`, 4],
    ['varchar(40)', `'Ä' || md5(g::text)`, 2],
    ['uuid', 'md5(g::text)::uuid', 5],
    ['timestamptz', `'2024-01-01'::timestamptz + g * interval '1.000001 s'`, 3],
    ['timestamp', `'2024-01-01'::timestamp - g * interval '7 days'`, 2],
    ['date', `'2024-01-01'::date + g`, 3],
    ['numeric', 'g / 7.0', 3],
    ['float8', 'g / 7.0', 2],
    ['bytea', `decode(md5(g::text), 'hex')`, 2],
  ] as const)('reads every row once, in the order of a key of type %s', async (type, key, splits) => {
    const table = await harness.table(`id ${type} PRIMARY KEY, n int`);
    await fill(table, `SELECT ${key}, g FROM generate_series(1, 200) AS g`);
    const rows = await all(source({ table, key: 'id', splits }));
    const sorted = await harness.sql(`SELECT n FROM ${table} ORDER BY id`);
    expect(keysOf(rows, 'n')).toEqual(sorted.map(({ n }) => n));
  });

  test('a key of several columns, split by the first of them', async () => {
    const table = await harness.table('day date, number text, n int, PRIMARY KEY (day, number)');
    await fill(table, `SELECT '2024-01-01'::date + g / 40, 'F' || g % 40, g FROM generate_series(0, 299) AS g`);
    const rows = await all(source({ table, key: ['day', 'number'], splits: 3, columns: ['n'] }));
    expect(rows[0]).toEqual({ n: 0 });
    expect(keysOf(rows, 'n')).toEqual(
      (await harness.sql(`SELECT n FROM ${table} ORDER BY day, number`)).map(({ n }) => n),
    );
  });

  test('text that no index keeps in order is ordered byte by byte', async () => {
    const table = await harness.table('id int PRIMARY KEY, name text UNIQUE');
    await fill(table, `VALUES (1, 'b'), (2, 'B'), (3, 'a'), (4, 'Z'), (5, 'é'), (6, '')`);
    const query = `SELECT * FROM ${table} WHERE id > 0;`;
    expect(keysOf(await all(source({ query, key: 'name', chunkRows: 2 })), 'name')).toEqual([
      '',
      'B',
      'Z',
      'a',
      'b',
      'é',
    ]);
  });

  test('goes on behind any position, and tells how far it is', async () => {
    const table = await harness.table('id int PRIMARY KEY');
    await fill(table, 'SELECT g FROM generate_series(1, 50) AS g');
    await harness.sql(`ANALYZE ${table}`);
    const from = source({ table, key: 'id' });
    const [split] = await from.discover(never);
    if (split === undefined) throw new Error('no split');
    const whole = await batches(from, split);
    expect(whole.map(({ hasMore }) => hasMore)).toEqual([...Array(7).fill(true), false]);
    expect(whole.map(({ progress }) => progress)).toEqual([0.14, 0.28, 0.42, 0.56, 0.7, 0.84, 0.98, 1]);
    const positions = whole.flatMap((batch) =>
      Array.from(batch.values, (row, i) => [row.id, batch.positionAfter(i)] as const),
    );
    for (const [id, position] of positions) {
      const rest = (await batches(from, split, position)).flatMap(({ values }) => Array.from(values));
      expect(keysOf(rest)).toEqual(Array.from({ length: 50 - Number(id) }, (_, i) => Number(id) + i + 1));
    }
  });

  test('an empty table, a table with one row, and more ranges than rows', async () => {
    for (const count of [0, 1, 3]) {
      const table = await harness.table('id int PRIMARY KEY');
      await fill(table, `SELECT g FROM generate_series(1, ${count}) AS g`);
      const from = source({ table, key: 'id', splits: 5 });
      expect(await from.discover(never)).toHaveLength(5);
      expect(keysOf(await all(from))).toEqual([1, 2, 3].slice(0, count));
    }
  });

  test('a large table is planned from a sample of it', async () => {
    const table = await harness.table('id int PRIMARY KEY');
    await fill(table, 'SELECT g FROM generate_series(1, 300000) AS g');
    await harness.sql(`ANALYZE ${table}`);
    const ranges = (await source({ table, key: 'id', splits: 4 }).discover(never)).map(({ split }) => split);
    const bounds = ranges.slice(1).map(({ from }) => Number(from));
    for (const [i, bound] of bounds.entries()) expect(Math.abs(bound - (i + 1) * 75_000)).toBeLessThan(25_000);
    expect(ranges.at(-1)?.until).toBeUndefined();
  });

  test('values: what JavaScript holds whole, and text for the rest', async () => {
    const table = await harness.table(
      `id int PRIMARY KEY, big int8, exact numeric, half float4, yes bool, name text, at timestamptz, local timestamp, day date,
       long interval, doc jsonb, raw bytea, list text[], ids int8[], unknown inet, never timestamptz, nothing text, "__proto__" text`,
    );
    await fill(
      table,
      `VALUES (1, 9223372036854775807, 1.10, 0.5, true, 'é', '2024-01-02 03:04:05.678+02', '2024-01-02 03:04:05', '0044-03-15 BC',
       '1 day 2 hours', '{"a": [1]}', '\\x00ff', '{a,NULL,"b c"}', '{9223372036854775807}', '10.0.0.1', 'infinity', NULL, 'p')`,
    );
    const [row] = await all(source({ table, key: 'id' }));
    const { __proto__: prototype, ...rest } = Object.fromEntries(Object.entries(row ?? {}));
    expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe('p');
    expect(prototype).toBeDefined();
    expect(rest).toEqual({
      id: 1,
      big: 9223372036854775807n,
      exact: '1.10',
      half: 0.5,
      yes: true,
      name: 'é',
      at: new Date('2024-01-02T01:04:05.678Z'),
      local: new Date('2024-01-02T03:04:05Z'),
      day: '0044-03-15 BC',
      long: '1 day 02:00:00',
      doc: { a: [1] },
      raw: Buffer.from([0, 255]),
      list: ['a', null, 'b c'],
      ids: ['9223372036854775807'],
      unknown: '10.0.0.1',
      never: 'infinity',
      nothing: null,
    });
  });

  test('a job reads each row once, over restarts, from several ranges; started again it reads what was added behind', async () => {
    const table = await harness.table('id bigint PRIMARY KEY, name text');
    await fill(table, `SELECT g, 'n' || g FROM generate_series(1, 5000) AS g`);
    let failures = 0;
    const sink = collectTransactionalSink<bigint>();
    const job = createJob(
      'snapshot',
      fromSource(
        postgresSource<bigint>({
          connectionString: url,
          table,
          key: 'id',
          splits: 3,
          chunkRows: 50,
          value: (row) => row.id as bigint,
        }),
      ).pipe(
        map((id) => {
          if (id % 1_000n === 999n && failures++ < 3) throw new Error('injected');
          return id;
        }),
        to(sink),
      ),
      { checkpoints: { interval: 3, storage: memoryCheckpoints() }, restart: fixedDelay({ attempts: 5, delay: 1 }) },
    );
    expect((await job.run()).restarts).toBe(3);
    const sorted = () => [...sink.values].sort((a, b) => Number(a - b));
    expect(sorted()).toEqual(Array.from({ length: 5_000 }, (_, i) => BigInt(i + 1)));
    await fill(table, `VALUES (5001, 'later'), (0, 'before')`);
    await job.run();
    expect(sorted().at(-1)).toBe(5_001n);
    expect(sink.values.length).toBeGreaterThanOrEqual(5_001);
  });

  test('changes while it is read: what stays is seen once, what changes as it is when its turn comes', async () => {
    const table = await harness.table('id int PRIMARY KEY, name text');
    await fill(table, `SELECT g * 10, 'old' FROM generate_series(1, 30) AS g`);
    let step = 0;
    const rows = await all(source({ table, key: 'id' }), async () => {
      if (step++ > 0) return;
      await harness.sql(`DELETE FROM ${table} WHERE id IN (10, 200)`);
      await harness.sql(`UPDATE ${table} SET name = 'new' WHERE id IN (20, 210)`);
      await harness.sql(`INSERT INTO ${table} VALUES (11, 'new'), (211, 'new')`);
    });
    const seen = new Map(rows.map((row) => [row.id, row.name]));
    expect(rows).toHaveLength(seen.size);
    expect([10, 11, 20, 200, 210, 211].map((id) => seen.get(id))).toEqual([
      'old',
      undefined,
      'old',
      undefined,
      'new',
      'new',
    ]);
    expect([...seen.values()].filter((name) => name === 'old')).toHaveLength(28);
  });

  test("snapshot: 'exported' sees one state in all ranges, and leaves no connection", async () => {
    const table = await harness.table('id int PRIMARY KEY, name text');
    await fill(table, `SELECT g, 'old' FROM generate_series(1, 60) AS g`);
    const from = source({ table, key: 'id', splits: 2, snapshot: 'exported' });
    const [one, two] = await from.discover(never);
    if (one === undefined || two === undefined) throw new Error('no splits');
    const reader = await from.open(harness.context(1));
    const first = reader.read(one, undefined, never)[Symbol.asyncIterator]();
    await first.next();
    await harness.sql(`UPDATE ${table} SET name = 'new'`);
    await harness.sql(`DELETE FROM ${table} WHERE id % 2 = 0`);
    const rows: PostgresRow[] = [];
    for await (const { values } of reader.read(two, undefined, never)) rows.push(...Array.from(values));
    for (let next = await first.next(); !next.done; next = await first.next())
      rows.push(...Array.from(next.value.values));
    expect(rows).toHaveLength(53);
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(['old']));
    await reader.close();
    const left = () =>
      harness.sql(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'sluice_source' AND state LIKE 'idle in%' AND query LIKE '%' || $1 || '%'`,
        [table.split('.')[1]],
      );
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
  });

  const refused = (
    options: Omit<PostgresSourceOptions<PostgresRow>, 'connectionString'>,
    code: string,
    remedy: string,
    at = url,
  ) =>
    expect(source({ ...options, connectionString: at } as never).discover(never)).rejects.toMatchObject({
      code,
      remedy: expect.stringContaining(remedy),
    });

  test('a missing table, column or key is told with its remedy', async () => {
    const table = await harness.table('id int PRIMARY KEY, name text, other int UNIQUE');
    await refused({ table: `${harness.schema}.nothing`, key: 'id' }, 'SLUICE_POSTGRES_TABLE', 'create it');
    await refused({ table, key: 'nothing' }, 'SLUICE_POSTGRES_COLUMN', 'literally');
    await refused({ table, key: 'id', columns: ['Name'] }, 'SLUICE_POSTGRES_COLUMN', 'capitals');
    await refused({ table, key: 'name' }, 'SLUICE_POSTGRES_KEY', 'CREATE UNIQUE INDEX');
    await refused({ query: 'SELECT * FROM no_such_table', key: 'id' }, 'SLUICE_POSTGRES_TABLE', 'query');
    await refused({ query: `SELECT * FROM ${table}`, key: 'nothing' }, 'SLUICE_POSTGRES_COLUMN', 'query');
    await refused(
      { query: `SELECT id, '{}'::json AS doc FROM ${table}`, key: 'doc' },
      'SLUICE_POSTGRES_KEY',
      'put in order',
    );
    await refused({ query: 'SELECT FROM WHERE', key: 'id' }, 'SLUICE_POSTGRES_STATEMENT', 'log of the server');
    await fill(table, `VALUES (1, 'a', NULL)`);
    await refused({ table, key: 'other' }, 'SLUICE_POSTGRES_KEY', 'NULL');
  });

  test('a missing privilege is told with its GRANT', async () => {
    const table = await harness.table();
    const role = `${harness.schema}_${randomUUID().slice(0, 4)}`;
    await harness.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'`);
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = 'pass';
    const code = 'SLUICE_POSTGRES_PRIVILEGE';
    await refused({ table, key: 'id' }, code, 'GRANT USAGE ON SCHEMA', theirs.href);
    await harness.sql(`GRANT USAGE ON SCHEMA ${harness.schema} TO ${role}`);
    await refused({ table, key: 'id' }, code, `GRANT SELECT ON "${harness.schema}"`, theirs.href);
    await refused({ query: `SELECT * FROM ${table}`, key: 'id' }, code, 'GRANT SELECT', theirs.href);
    await harness.sql(`GRANT SELECT (id) ON ${table} TO ${role}`);
    const own = postgresSource({ connectionString: theirs.href, table, key: 'id', columns: ['id'] });
    expect(await own.discover(never)).toHaveLength(1);
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });

  test('a query that gives a key twice, or a NULL that comes while it is read, fails the job', async () => {
    const table = await harness.table('id int, name text');
    await fill(table, 'SELECT g % 20, g::text FROM generate_series(1, 21) AS g');
    const query = `SELECT * FROM ${table}`;
    await expect(all(source({ query, key: 'id' }))).rejects.toMatchObject({ code: 'SLUICE_POSTGRES_KEY' });
    await harness.sql(`DELETE FROM ${table} WHERE name = '21'`);
    const adding = all(source({ query, key: 'id' }), () => harness.sql(`INSERT INTO ${table} VALUES (NULL, 'late')`));
    await expect(adding).rejects.toMatchObject({
      code: 'SLUICE_POSTGRES_KEY',
      actual: expect.stringContaining('NULL'),
    });
  });

  test('ranges that were planned with another number of splits are refused', async () => {
    const table = await harness.table('id int PRIMARY KEY');
    const [split] = await source({ table, key: 'id', splits: 2 }).discover(never);
    if (split === undefined) throw new Error('no split');
    await expect(batches(source({ table, key: 'id', splits: 3 }), split)).rejects.toMatchObject({
      code: 'SLUICE_POSTGRES_SPLITS',
      remedy: expect.stringContaining('`splits` to 2'),
    });
  });

  test('what `value` throws fails the job, and quotes nothing of the row', async () => {
    const table = await harness.table('id int PRIMARY KEY, name text');
    await fill(table, `VALUES (1, 'secret-value')`);
    const failing = source({
      table,
      key: 'id',
      value: () => {
        throw new TypeError('no');
      },
    });
    const job = createJob('rows', fromSource(failing).pipe(to(callbackSink(() => {}))), { restart: noRestart() });
    const failure = await job.run().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_ROW' });
    expect(String(failure)).not.toContain('secret');
  });

  test('a connection that is lost fails the read, and the position goes on from there', async () => {
    const table = await harness.table('id int PRIMARY KEY');
    await fill(table, 'SELECT g FROM generate_series(1, 30) AS g');
    for (const snapshot of ['none', 'exported'] as const) {
      const from = source({ table, key: 'id', snapshot });
      const [split] = await from.discover(never);
      if (split === undefined) throw new Error('no split');
      const reader = await from.open(harness.context(1));
      const reading = reader.read(split, undefined, never)[Symbol.asyncIterator]();
      const first = await reading.next();
      await harness.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice_source' AND query LIKE '%' || $1 || '%'`,
        [table.split('.')[1]],
      );
      if (snapshot === 'exported') await expect(reading.next()).rejects.toMatchObject({ transient: true });
      await reader.close();
      if (first.done) throw new Error('no batch');
      const rest = await batches(from, split, first.value.positionAfter(6));
      expect(rest.flatMap(({ values }) => keysOf(Array.from(values)))).toEqual(
        Array.from({ length: 23 }, (_, i) => i + 8),
      );
    }
  });

  test('options are checked at once, and no password gets into an error', async () => {
    const bad: [string, object][] = [
      ['connectionString', { connectionString: '', table: 't', key: 'id' }],
      ['table', { key: 'id' }],
      ['table', { table: 't', query: 'SELECT 1', key: 'id' }],
      ['table', { table: 'a.b.c', key: 'id' }],
      ['query', { query: ' ; ', key: 'id' }],
      ['key', { table: 't', key: [] }],
      ['key', { table: 't', key: ['a', 'a'] }],
      ['columns', { table: 't', key: 'id', columns: [''] }],
      ['chunkRows', { table: 't', key: 'id', chunkRows: 0 }],
      ['splits', { table: 't', key: 'id', splits: 1.5 }],
      ['snapshot', { table: 't', key: 'id', snapshot: 'some' }],
      ['value', { table: 't', key: 'id', value: 5 }],
    ];
    for (const [option, options] of bad) {
      expect(() => postgresSource({ connectionString: url, ...options } as never)).toThrow(`\`${option}\``);
    }
    const secret = 'postgres://me:very-secret@127.0.0.1:1/db';
    const failure = await postgresSource({ connectionString: secret, table: 't', key: 'id' })
      .discover(never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_UNREACHABLE', transient: true });
    expect(JSON.stringify([failure, (failure as Error).stack])).not.toContain('secret');
  });
});

import { type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';
import { countingStatements } from './statement-hook.js';

await describeWithPostgres('the COPY path of postgresSink', (url) => {
  const harness = new SinkHarness(url);

  interface Wide {
    readonly id: number;
    readonly values: readonly unknown[];
  }

  const types = {
    a: 'int2',
    b: 'int4',
    c: 'int8',
    d: 'float4',
    e: 'float8',
    f: 'bool',
    g: 'text',
    h: 'varchar(40)',
    i: 'char(12)',
    j: 'bytea',
    k: 'uuid',
    l: 'date',
    m: 'timestamp',
    n: 'timestamptz',
    o: 'json',
    p: 'jsonb',
  } as const;
  const names = Object.keys(types);
  const text = fc.string({ unit: 'grapheme', maxLength: 10 }).map((value) => value.replaceAll('\0', ''));
  const time = fc.integer({ min: -2e14, max: 8e15 });
  const json = fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value).replaceAll('\\u0000', ''));
  const values = fc.tuple(
    fc.integer({ min: -32768, max: 32767 }),
    fc.integer(),
    fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger()),
    fc.float(),
    fc.double(),
    fc.boolean(),
    text,
    text,
    text.map((value) => [...value].slice(0, 12).join('')),
    fc.uint8Array({ maxLength: 40 }),
    fc.uuid(),
    time,
    time,
    time.map((ms) => new Date(ms)),
    json,
    json,
  );
  const row = fc
    .tuple(values, fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }))
    .map(([all, nulls]) => all.map((value, i) => (nulls[i] && nulls[(i + 1) % 16] ? null : value)));

  const options = (table: string, more: Partial<PostgresSinkOptions<Wide>> = {}): PostgresSinkOptions<Wide> => ({
    connectionString: url,
    schema: harness.schema,
    prefix: harness.prefix,
    table,
    columns: {
      id: ({ id }) => id,
      ...Object.fromEntries(names.map((name, i) => [name, ({ values: own }: Wide) => own[i]])),
    },
    rowsPerStatement: 300,
    ...more,
  });
  const wide = `id int, ${Object.entries(types)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')}`;

  const copies = <R>(action: () => Promise<R>) => countingStatements(/^COPY /, action);

  test.each(['ledger', 'two-phase'] as const)(
    'writes what INSERT writes, for every type: %s',
    async (transactional) => {
      const [copied, inserted] = [await harness.table(wide), await harness.table(wide)];
      // COPY would pass over the rule, so this table is written by INSERT.
      await harness.sql(`CREATE RULE also AS ON INSERT TO ${inserted} DO ALSO NOTHING`);
      const runs = [
        await harness.run(options(copied, { transactional }), 1),
        await harness.run(options(inserted, { transactional }), 1),
      ];
      let checkpoint = 0;
      let used = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 700, maxLength: 900 }), async (found) => {
          checkpoint++;
          const rows = found.map((own, id) => ({ id: checkpoint * 10_000 + id, values: own }));
          for (const [i, run] of runs.entries()) {
            const { result, count } = await copies(async () => commitAll(run, await epochOf(run, checkpoint, rows)));
            expect(run.rejected.map(({ cause }) => String(cause))).toEqual([]);
            expect(result).toEqual([{ status: 'committed' }]);
            if (i === 0) used += count;
            else expect(count).toBe(0);
          }
          const read = (table: string) =>
            harness.sql(
              `SELECT md5(string_agg(t::text, E'\\n' ORDER BY id)) AS all, count(*)::int AS n FROM ${table} t`,
            );
          expect(await read(copied)).toEqual(await read(inserted));
          expect((await read(copied))[0]?.n).toBeGreaterThanOrEqual(rows.length);
        }),
        { numRuns: 3 },
      );
      expect(used).toBeGreaterThanOrEqual(3);
      for (const run of runs) await run.close();
    },
  );

  test('comes through as the values that were given, those that look like something else included', async () => {
    const table = await harness.table('id int, g text, p jsonb');
    const odd = ['\\N', '\\.', 'a\tb\nc\rd', '"', "'", '{}', '', ' ', 'NULL', '🙂', 'x'.repeat(2_000)];
    const run = await harness.run(
      {
        connectionString: url,
        schema: harness.schema,
        table,
        columns: { id: (r: Odd) => r.id, g: (r) => r.g, p: (r) => ({ g: r.g }) },
        rowsPerStatement: 300,
      },
      1,
    );
    interface Odd {
      readonly id: number;
      readonly g: string;
    }
    const rows = Array.from({ length: 900 }, (_, id) => ({ id, g: odd[id % 97] ?? `plain ${id}` }));
    const { result, count } = await copies(async () => commitAll(run, await epochOf(run, 1, rows)));
    expect(result).toEqual([{ status: 'committed' }]);
    expect(count).toBeGreaterThan(0);
    expect(await harness.sql(`SELECT id, g FROM ${table} ORDER BY id`)).toEqual(rows);
    expect(await harness.sql(`SELECT 1 FROM ${table} WHERE p->>'g' <> g`)).toEqual([]);
    await run.close();
  });

  const many = (count: number, at: (id: number) => Partial<Record<string, unknown>> = () => ({})): Wide[] =>
    Array.from({ length: count }, (_, id) => ({ id, values: names.map((name) => at(id)[name] ?? null) }));

  test('small epochs, upserts, views, row security and types without a binary form are inserted', async () => {
    const columns = { id: ({ id }: Wide) => id, g: () => 'x' };
    const plain = await harness.table('id int PRIMARY KEY, g text');
    const view = `${plain}_view`;
    await harness.sql(`CREATE VIEW ${view} AS SELECT * FROM ${plain}`);
    const numeric = await harness.table('id numeric, g text');
    const cases: [PostgresSinkOptions<Wide>, number][] = [
      [options(plain, { columns }), 299],
      [options(plain, { columns, upsertOn: ['id'] }), 900],
      [options(view, { columns: { ...columns, id: ({ id }) => id + 10_000 } }), 900],
      [options(numeric, { columns }), 900],
    ];
    for (const [i, [each, count]] of cases.entries()) {
      const run = await harness.run(each, 1);
      const { result, count: used } = await copies(async () => commitAll(run, await epochOf(run, i + 1, many(count))));
      expect(result).toEqual([{ status: 'committed' }]);
      expect(used).toBe(0);
      await run.close();
    }
  });

  test('a column whose type has been changed since the rows were encoded is inserted and cast, never taken for what it was', async () => {
    const table = await harness.table('id int, c int8');
    const columns = { id: ({ id }: Wide) => id, c: ({ id }: Wide) => id };
    const run = await harness.run(options(table, { columns }), 1);
    const epoch = await epochOf(run, 1, many(900));
    await harness.sql(`ALTER TABLE ${table} ALTER COLUMN c TYPE float8`);
    const { result, count } = await copies(() => commitAll(run, epoch));
    expect(result).toEqual([{ status: 'committed' }]);
    expect(count).toBe(0);
    expect(await harness.sql(`SELECT 1 FROM ${table} WHERE c <> id`)).toEqual([]);
    await run.close();
  });

  test.each(['ledger', 'two-phase'] as const)(
    'a row that COPY refuses fails its epoch, says where, quotes nothing, and leaves no half: %s',
    async (transactional) => {
      const bad = '[1, "secret-value"]';
      const table = await harness.table(
        `id int, h varchar(40), o jsonb CONSTRAINT an_object CHECK (jsonb_typeof(o) = 'object')`,
      );
      const columns = { id: ({ id }: Wide) => id, o: ({ id }: Wide) => (id === 700 ? bad : '{}') };
      const run = await harness.run(options(table, { columns, transactional }), 1);
      const { result, count } = await copies(async () => {
        try {
          return await commitAll(run, await epochOf(run, 1, many(900)));
        } catch (cause) {
          return [{ status: 'failed', cause }];
        }
      });
      expect(count).toBeGreaterThan(0);
      const [failed] = result as { status: string; cause: Error & { code: string; cause: Error } }[];
      expect(failed).toMatchObject({
        status: 'failed',
        cause: { code: 'SLUICE_POSTGRES_STATEMENT', cause: { code: '23514', constraint: 'an_object' } },
      });
      expect(failed?.cause.message).toContain('constraint an_object');
      expect(
        JSON.stringify([failed, failed?.cause.stack, failed?.cause.cause.stack, failed?.cause.cause]),
      ).not.toContain('secret');
      expect(await harness.rows(table)).toEqual([]);
      expect(await harness.prepared()).toEqual([]);
      const again = await epochOf(run, 2, many(600));
      expect(await commitAll(run, again)).toEqual([{ status: 'committed' }]);
      expect(await harness.rows(table)).toHaveLength(600);
      expect(await harness.sessions()).toEqual([]);
      await run.close();
    },
  );

  test('a connection that is lost while rows are copied fails the epoch, and the same rows are committed by another', async () => {
    const table = await harness.table('id int, g text');
    const columns = { id: ({ id }: Wide) => id, g: () => 'x'.repeat(1_000) };
    const run = await harness.run(options(table, { columns, rowsPerStatement: 5_000 }), 1);
    const epoch = await epochOf(run, 1, many(20_000));
    const original = pg.Client.prototype.query;
    let struck = 0;
    pg.Client.prototype.query = function (this: pg.Client, ...args: never[]) {
      const answer = original.apply(this, args as never);
      const [first] = args as unknown[];
      if (struck === 0 && typeof first === 'object' && (first as { text?: string }).text?.startsWith('COPY ')) {
        struck++;
        setTimeout(
          () => (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
          1,
        );
      }
      return answer;
    } as never;
    try {
      expect(await commitAll(run, epoch)).toMatchObject([{ status: 'retryLater' }]);
    } finally {
      pg.Client.prototype.query = original;
    }
    expect(struck).toBe(1);
    expect(await harness.rows(table)).toEqual([]);
    expect(await commitAll(run, epoch)).toEqual([{ status: 'committed' }]);
    expect(await harness.rows(table)).toHaveLength(20_000);
    await run.close();
  });

  test('a role that may insert into some columns only may copy into them', async () => {
    const table = await harness.table('id int, g text');
    const role = `${harness.schema}_some`;
    await harness.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'`);
    await harness.sql(`GRANT USAGE ON SCHEMA ${harness.schema} TO ${role}`);
    await harness.sql(`GRANT INSERT (id) ON ${table} TO ${role}`);
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = 'pass';
    await postgresSink(options(table, { columns: { id: ({ id }) => id } })).check?.(harness.context(1));
    await harness.sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${harness.schema} TO ${role}`);
    await harness.sql(`REVOKE ALL ON ${table} FROM ${role}`);
    await harness.sql(`GRANT INSERT (id) ON ${table} TO ${role}`);
    const run = await harness.run(
      options(table, { connectionString: theirs.href, columns: { id: ({ id }) => id } }),
      1,
    );
    const { result, count } = await copies(async () => commitAll(run, await epochOf(run, 1, many(900))));
    expect(result).toEqual([{ status: 'committed' }]);
    expect(count).toBeGreaterThan(0);
    await run.close();
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });
});

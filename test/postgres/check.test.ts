import { randomUUID } from 'node:crypto';
import { type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { type Row, SinkHarness } from './sink-harness.js';

await describeWithPostgres('postgresSink, before anything starts', (url) => {
  const harness = new SinkHarness(url);
  const check = (options: PostgresSinkOptions<Row>, parallelism = 1) =>
    postgresSink(options).check?.(harness.context(1, { parallelism }));
  const refused = (options: PostgresSinkOptions<Row>, code: string, remedy: string | RegExp, parallelism = 1) =>
    expect(check(options, parallelism)).rejects.toMatchObject({ code, remedy: expect.stringMatching(remedy) });

  /** Another role, with nothing but the right to log in. */
  async function stranger(): Promise<{ readonly name: string; readonly connectionString: string }> {
    const name = `${harness.schema}_${randomUUID().slice(0, 4)}`;
    const password = `secret-${randomUUID()}`;
    await harness.sql(`CREATE ROLE "${name}" LOGIN PASSWORD '${password}'`);
    const theirs = new URL(url);
    theirs.username = name;
    theirs.password = password;
    return { name, connectionString: theirs.href };
  }

  test('what is right passes, and leaves no connection', async () => {
    const table = await harness.table();
    const name = `check ${randomUUID()}`;
    const open = () =>
      harness.sql(
        `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'sluice%' AND datname = current_database() AND query LIKE '%' || $1 || '%'`,
        [name],
      );
    await check(harness.options(table));
    await check(harness.options(table, { transactional: 'two-phase' }));
    await check(harness.options(table, { upsertOn: ['id'] }));
    expect(await open()).toEqual([]);
  });

  test('no server', async () => {
    const table = await harness.table();
    const dead = { connectionString: 'postgres://me:very-secret@127.0.0.1:1/db' };
    await refused(harness.options(table, dead), 'SLUICE_POSTGRES_UNREACHABLE', 'start the server');
  });

  test('no login, no database', async () => {
    const table = await harness.table();
    const wrong = new URL(url);
    wrong.password = 'very-secret';
    await refused(harness.options(table, { connectionString: wrong.href }), 'SLUICE_POSTGRES_LOGIN', 'password');
    const elsewhere = new URL(url);
    elsewhere.pathname = '/no_such_database';
    await refused(harness.options(table, { connectionString: elsewhere.href }), 'SLUICE_POSTGRES_LOGIN', 'database');
  });

  test('no table, and no table of that spelling', async () => {
    await refused(harness.options(`${harness.schema}.nothing`), 'SLUICE_POSTGRES_TABLE', 'create it');
    await refused(harness.options('no_schema.nothing'), 'SLUICE_POSTGRES_TABLE', 'create it');
    const table = await harness.table();
    await refused(harness.options(table.toUpperCase()), 'SLUICE_POSTGRES_TABLE', 'capitals');
  });

  test('a sequence is no table', async () => {
    await harness.sql(`CREATE SEQUENCE ${harness.schema}.seq`);
    await refused(harness.options(`${harness.schema}.seq`), 'SLUICE_POSTGRES_TABLE', 'name a table');
  });

  test('no column', async () => {
    const table = await harness.table('id int PRIMARY KEY, "Name" text');
    await refused(harness.options(table), 'SLUICE_POSTGRES_COLUMN', 'capitals');
    await expect(check(harness.options(table))).rejects.toThrow('"name"');
  });

  test('a column that must be written and is not, or must not be and is', async () => {
    const required = await harness.table(
      'id int PRIMARY KEY, name text, at timestamptz NOT NULL, n int NOT NULL DEFAULT 1',
    );
    await refused(harness.options(required), 'SLUICE_POSTGRES_COLUMN', 'default');
    await expect(check(harness.options(required))).rejects.toThrow('none for at');
    const identity = await harness.table('id int GENERATED ALWAYS AS IDENTITY, name text');
    await refused(harness.options(identity), 'SLUICE_POSTGRES_COLUMN', 'leave it out');
    const generated = await harness.table("id int, name text GENERATED ALWAYS AS ('x') STORED");
    await refused(harness.options(generated), 'SLUICE_POSTGRES_COLUMN', 'leave it out');
  });

  test('upsert columns without a unique index that can decide', async () => {
    const code = 'SLUICE_POSTGRES_UPSERT_KEY';
    const upsert = { upsertOn: ['id'] };
    const none = await harness.table('id int, name text');
    await refused(harness.options(none, upsert), code, `CREATE UNIQUE INDEX ON ${quoted(none)} \\("id"\\)`);
    const other = await harness.table('id int, name text PRIMARY KEY');
    await expect(check(harness.options(other, upsert))).rejects.toThrow('unique indexes on (name)');
    const wider = await harness.table('id int, name text, PRIMARY KEY (id, name)');
    await refused(harness.options(wider, upsert), code, 'upsertOn');
    await check(harness.options(wider, { upsertOn: ['name', 'id'] }));
    const partial = await harness.table('id int, name text');
    await harness.sql(`CREATE UNIQUE INDEX ON ${partial} (id) WHERE name IS NULL`);
    await refused(harness.options(partial, upsert), code, 'UNIQUE');
    const deferrable = await harness.table('id int PRIMARY KEY DEFERRABLE, name text');
    await refused(harness.options(deferrable, upsert), code, 'UNIQUE');
    const covering = await harness.table('id int, name text');
    await harness.sql(`CREATE UNIQUE INDEX ON ${covering} (id) INCLUDE (name)`);
    await check(harness.options(covering, upsert));
  });

  test('missing privileges, each with its GRANT', async () => {
    const table = await harness.table();
    const { name, connectionString } = await stranger();
    const options = harness.options(table, { connectionString });
    const code = 'SLUICE_POSTGRES_PRIVILEGE';
    const upsert = { ...options, upsertOn: ['id'] };
    await check(harness.options(table));

    await refused(options, code, `GRANT USAGE ON SCHEMA "${harness.schema}" TO "${name}"`);
    await harness.sql(`GRANT USAGE ON SCHEMA ${harness.schema} TO "${name}"`);
    await refused(options, code, `GRANT INSERT ON ${quoted(table)} TO "${name}"`);
    await harness.sql(`GRANT INSERT (id) ON ${table} TO "${name}"`);
    await refused(options, code, `GRANT INSERT \\("name"\\) ON ${quoted(table)} TO "${name}"`);
    await harness.sql(`GRANT INSERT ON ${table} TO "${name}"`);
    for (const book of ['sluice_fence', 'sluice_ledger']) {
      for (const privilege of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) {
        await refused(options, code, `GRANT ${privilege} ON "${harness.schema}"."${book}" TO "${name}"`);
        await harness.sql(`GRANT ${privilege} ON ${harness.schema}.${book} TO "${name}"`);
      }
    }
    await check(options);
    await refused(upsert, code, `GRANT SELECT ON ${quoted(table)} TO "${name}"`);
    await harness.sql(`GRANT SELECT ON ${table} TO "${name}"`);
    await refused(upsert, code, `GRANT UPDATE \\("name"\\) ON ${quoted(table)} TO "${name}"|GRANT UPDATE ON`);
    await harness.sql(`GRANT UPDATE (name) ON ${table} TO "${name}"`);
    await check(upsert);
    await harness.sql(`DROP OWNED BY "${name}"`);
    await harness.sql(`DROP ROLE "${name}"`);
  });

  test('no right to keep the books', async () => {
    const table = await harness.table();
    const { name, connectionString } = await stranger();
    const books = `${harness.schema}_books`;
    await harness.sql(`GRANT USAGE ON SCHEMA ${harness.schema} TO "${name}"`);
    await harness.sql(`GRANT INSERT ON ${table} TO "${name}"`);
    await refused(
      harness.options(table, { connectionString, schema: books }),
      'SLUICE_POSTGRES_PRIVILEGE',
      'set `schema` to one',
    );
    await harness.sql(`DROP OWNED BY "${name}"`);
    await harness.sql(`DROP ROLE "${name}"`);
  });

  test('the books are made where `schema` says, also by many at once', async () => {
    const table = await harness.table();
    const schema = `${harness.schema}_many`;
    await Promise.all(Array.from({ length: 6 }, () => check(harness.options(table, { schema }))));
    const made = await harness.sql('SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1', [schema]);
    expect(made.map(({ tablename }) => tablename)).toEqual(['sluice_fence', 'sluice_ledger']);
    await harness.sql(`DROP SCHEMA ${schema} CASCADE`);
  });

  test('a role that may only read', async () => {
    const table = await harness.table();
    const { name, connectionString } = await stranger();
    await harness.sql(`ALTER ROLE "${name}" SET default_transaction_read_only = on`);
    await refused(harness.options(table, { connectionString }), 'SLUICE_POSTGRES_READ_ONLY', 'off');
    await harness.sql(`DROP ROLE "${name}"`);
  });

  test('fewer slots than subtasks need', async () => {
    const table = await harness.table();
    const options = harness.options(table, { transactional: 'two-phase' });
    await refused(options, 'SLUICE_POSTGRES_SLOTS', 'max_prepared_transactions', 1_000_000);
  });

  test('a foreign table cannot be prepared', async () => {
    const server = `${harness.schema}_server`;
    await harness.sql(`CREATE FOREIGN DATA WRAPPER ${server}`);
    await harness.sql(`CREATE SERVER ${server} FOREIGN DATA WRAPPER ${server}`);
    await harness.sql(`CREATE FOREIGN TABLE ${harness.schema}.far (id int, name text) SERVER ${server}`);
    await refused(
      harness.options(`${harness.schema}.far`, { transactional: 'two-phase' }),
      'SLUICE_POSTGRES_TABLE',
      "transactional: 'ledger'",
    );
    await harness.sql(`DROP FOREIGN DATA WRAPPER ${server} CASCADE`);
  });

  test('what only the server knows to be wrong', async () => {
    await harness.sql(`CREATE VIEW ${harness.schema}.sums AS SELECT 1 AS id, 'x'::text AS name GROUP BY 1`);
    await refused(harness.options(`${harness.schema}.sums`), 'SLUICE_POSTGRES_STATEMENT', 'log of the server');
  });
});

function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}

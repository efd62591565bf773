import { randomUUID } from 'node:crypto';
import { type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { everything } from './everything.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';

await describeWithPostgres('the values of postgresSink', (url) => {
  const harness = new SinkHarness(url);

  /** Writes values into one column of a type and reads them back, as text, in order. */
  async function through(type: string, values: readonly unknown[]): Promise<(string | null)[]> {
    const table = await harness.table(`place int, value ${type}`);
    const options: PostgresSinkOptions<readonly [number, unknown]> = {
      connectionString: url,
      schema: harness.schema,
      table,
      columns: { place: ([place]) => place, value: ([, value]) => value },
    };
    const run = await harness.run(options, 1);
    const rows = values.map((value, place) => [place, value] as const);
    const results = await commitAll(run, await epochOf(run, 1, rows));
    expect(run.rejected.map(({ cause }) => (cause as { code: string }).code)).toEqual([]);
    expect(results).toEqual([{ status: 'committed' }]);
    await run.close();
    const found = await harness.sql<{ value: string | null }>(`SELECT value::text FROM ${table} ORDER BY place`);
    return found.map(({ value }) => value);
  }

  /** How many of the values are refused, each with the code, and none with the value in the message. */
  async function refused(type: string, values: readonly unknown[]): Promise<void> {
    const table = await harness.table(`id int, value ${type}`);
    const options: PostgresSinkOptions<unknown> = {
      connectionString: url,
      schema: harness.schema,
      table,
      columns: { id: () => 1, value: (value) => value },
    };
    const run = await harness.run(options, 1);
    const committables = await epochOf(run, 1, [...values, null]);
    expect(run.rejected.map(({ value }) => value)).toEqual(values);
    for (const { cause } of run.rejected) {
      expect(cause).toMatchObject({ code: 'SLUICE_POSTGRES_VALUE', expected: expect.stringContaining('"value"') });
    }
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    expect(await harness.sql(`SELECT id FROM ${table}`)).toHaveLength(1);
    await run.close();
  }

  const hostile = [
    `'; DROP TABLE x; --`,
    '"quoted" \\back\\slash\\',
    '{a,b} NULL null',
    '',
    ' ',
    '\n\r\t\u0001\u007f',
    'é ü 漢字 🙂 \u{10ffff}',
    'x'.repeat(23),
    'x'.repeat(24),
    'x'.repeat(25),
    `${'x'.repeat(20)}é`,
    'ä'.repeat(1_000_000),
    '\\N',
    '$1',
    null,
    undefined,
  ];
  const asText = hostile.map((value) => value ?? null);

  test('text of every kind comes through as it is', async () => {
    for (const type of ['text', 'varchar', 'varchar(2000000)']) expect(await through(type, hostile)).toEqual(asText);
  });

  test('numbers', async () => {
    expect(await through('int2', [0, -0, 32767, -32768, 5n, '12', 7])).toEqual([
      '0',
      '0',
      '32767',
      '-32768',
      '5',
      '12',
      '7',
    ]);
    expect(await through('int4', [2147483647, -2147483648, null])).toEqual(['2147483647', '-2147483648', null]);
    expect(
      await through('int8', [
        9007199254740991,
        -9007199254740991,
        -1,
        4294967296,
        9223372036854775807n,
        -9223372036854775808n,
        '5',
      ]),
    ).toEqual([
      '9007199254740991',
      '-9007199254740991',
      '-1',
      '4294967296',
      '9223372036854775807',
      '-9223372036854775808',
      '5',
    ]);
    expect(await through('float8', [0.1, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, -1 / 3, '2.5'])).toEqual([
      '0.1',
      '1e+308',
      '5e-324',
      'NaN',
      'Infinity',
      '-0.3333333333333333',
      '2.5',
    ]);
    expect(await through('float4', [0.5, Number.NEGATIVE_INFINITY])).toEqual(['0.5', '-Infinity']);
    expect(await through('numeric(30,5)', [1.5, '123456789012345678901234.56789', 12n, null])).toEqual([
      '1.50000',
      '123456789012345678901234.56789',
      '12.00000',
      null,
    ]);
    expect(await through('bool', [true, false, 'yes', null])).toEqual(['true', 'false', 'true', null]);
  });

  test('times: dates, epoch milliseconds and text, mixed', async () => {
    const at = Date.UTC(2001, 5, 30, 23, 59, 59, 999);
    const times = [
      new Date(at),
      at,
      0,
      -1,
      new Date(-62135596800001),
      Date.UTC(12345, 0, 1),
      '2001-02-03T04:05:06Z',
      new Date(at),
      null,
    ];
    await harness.sql(`SET timezone = 'UTC'`);
    const stamps = [
      '2001-06-30 23:59:59.999',
      '2001-06-30 23:59:59.999',
      '1970-01-01 00:00:00',
      '1969-12-31 23:59:59.999',
      '0001-12-31 23:59:59.999 BC',
      '12345-01-01 00:00:00',
      '2001-02-03 04:05:06',
      '2001-06-30 23:59:59.999',
      null,
    ];
    expect(await through('timestamp', times)).toEqual(stamps);
    // The same values where each of them has to go as text.
    expect(await through('timestamp', ['2000-01-01', ...times])).toEqual(['2000-01-01 00:00:00', ...stamps]);
    const zoned = stamps.map((stamp) => stamp?.replace(/( BC)?$/, '+00$1') ?? null);
    expect(await through('timestamptz', times)).toEqual(zoned);
    expect(await through('date', [at, 0, -1, new Date(-86400001), '2001-02-03', new Date(at)])).toEqual([
      '2001-06-30',
      '1970-01-01',
      '1969-12-31',
      '1969-12-30',
      '2001-02-03',
      '2001-06-30',
    ]);
  });

  test('bytes, UUIDs, JSON, arrays, enums, domains', async () => {
    expect(
      await through('bytea', [Uint8Array.of(0, 1, 255), Buffer.from('abc').subarray(1), new Uint8Array(0), '\\xff']),
    ).toEqual(['\\x0001ff', '\\x6263', '\\x', '\\xff']);
    const uuid = randomUUID();
    expect(await through('uuid', [uuid, `{${uuid.toUpperCase()}}`, uuid.replaceAll('-', '')])).toEqual([
      uuid,
      uuid,
      uuid,
    ]);
    expect(await through('jsonb', [{ a: [1, "'", '"'] }, [1, 2], '"text"', 5, true])).toEqual([
      `{"a": [1, "'", "\\""]}`,
      '[1, 2]',
      '"text"',
      '5',
      'true',
    ]);
    expect(await through('text[]', [['a', 'b"\\', null, ''], [], [['x'], ['y']], '{p,q}'])).toEqual([
      '{a,"b\\"\\\\",NULL,""}',
      '{}',
      '{{x},{y}}',
      '{p,q}',
    ]);
    expect(await through('int[]', [[1, 2, null]])).toEqual(['{1,2,NULL}']);
    await harness.sql(`CREATE TYPE ${harness.schema}."Mo od" AS ENUM ('happy', 'so-so')`);
    expect(await through(`${harness.schema}."Mo od"`, ['happy', 'so-so', null])).toEqual(['happy', 'so-so', null]);
    await harness.sql(`CREATE DOMAIN ${harness.schema}.small AS int CHECK (VALUE < 10)`);
    expect(await through(`${harness.schema}.small`, [5, '6'])).toEqual(['5', '6']);
    expect(await through('interval', ['1 day', '2 hours'])).toEqual(['1 day', '02:00:00']);
    expect(await through('char(3)', ['ab', 'abc', 'abc   '])).toEqual(['ab', 'abc', 'abc']);
  });

  test('what a column cannot hold is refused at once, one row at a time, and not quoted', async () => {
    await refused('text', ['a\0b', `${'x'.repeat(30)}\0`, () => 1, Symbol('s')]);
    await refused('varchar(3)', ['abcd', '🙂🙂🙂🙂']);
    await refused('int2', [32768, -32769, 1.5, Number.NaN, new Date(0), {}]);
    await refused('int4', [2147483648, 2n ** 40n, Number.POSITIVE_INFINITY]);
    await refused('float4', [1e300, -3.5e38]);
    await refused('int8', [2 ** 53, 0.5, 2n ** 63n, -(2n ** 63n) - 1n]);
    await refused('timestamptz', [new Date(Number.NaN), Number.NaN, Number.POSITIVE_INFINITY, -3e14, {}]);
    await refused('uuid', ['no-uuid', 5, `${randomUUID()}0`]);
    await refused('json', [() => 1]);
  });

  test('a NULL is refused where the table or the key of an upsert has no place for it', async () => {
    const table = await harness.table('id int, name text NOT NULL');
    const run = await harness.run(harness.options(table), 1);
    await epochOf(run, 1, [{ id: 1 }, { id: 2, name: 'a' }]);
    expect(run.rejected.map(({ value }) => value)).toEqual([{ id: 1 }]);
    await run.close();
    const unique = await harness.table('id int UNIQUE, name text');
    const upsert = await harness.run(harness.options(unique, { upsertOn: ['id'] }), 1);
    await epochOf(upsert, 1, [{ id: null as unknown as number }, { id: 2 }]);
    expect(upsert.rejected).toHaveLength(1);
    await upsert.close();
  });

  test('a row that is refused in a later column leaves nothing of its earlier ones', async () => {
    const table = await harness.table('id int, name text, n int');
    const options: PostgresSinkOptions<{ id: number; name: unknown; n: unknown }> = {
      connectionString: url,
      schema: harness.schema,
      table,
      columns: {
        id: (row) => row.id,
        name: (row) => row.name,
        n: (row) => {
          if (row.n === 'throw') throw new Error('of the user');
          return row.n;
        },
      },
    };
    const run = await harness.run(options, 1);
    const epoch = await epochOf(run, 1, [
      { id: 1, name: 'a', n: 1 },
      { id: 2, name: 'b', n: 1.5 },
      { id: 3, name: null, n: 3.5 },
      { id: 4, name: 'd', n: 'throw' },
      { id: 5, name: 'e\0', n: 5 },
      { id: 6, name: 'f', n: '6' },
      { id: 7, name: null, n: 7 },
    ]);
    await commitAll(run, epoch);
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: 'a', n: 1 },
      { id: 6, name: 'f', n: 6 },
      { id: 7, name: null, n: 7 },
    ]);
    expect(run.rejected.map(({ value }) => value.id)).toEqual([2, 3, 4, 5]);
    expect(run.rejected[2]?.cause).toEqual(new Error('of the user'));
    await run.close();
  });

  test('names are taken literally, whatever is in them', async () => {
    const odd = `${harness.schema}_"odd.schema`;
    const quotedOdd = `"${odd.replaceAll('"', '""')}"`;
    await harness.sql(`CREATE SCHEMA ${quotedOdd}`);
    await harness.sql(
      `CREATE TABLE ${quotedOdd}."select"" from; --" ("order" int PRIMARY KEY, "Na""me.x" text, "$1" text)`,
    );
    const options: PostgresSinkOptions<number> = {
      connectionString: url,
      schema: odd,
      table: `${quotedOdd}."select"" from; --"`,
      columns: { order: (n) => n, 'Na"me.x': () => 'a', $1: () => 'b' },
      upsertOn: ['order'],
    };
    const run = await harness.run(options, 1);
    expect(await commitAll(run, await epochOf(run, 1, [1, 1, 2]))).toEqual([{ status: 'committed' }]);
    expect(await harness.sql(`SELECT * FROM ${quotedOdd}."select"" from; --" ORDER BY 1`)).toEqual([
      { order: 1, 'Na"me.x': 'a', $1: 'b' },
      { order: 2, 'Na"me.x': 'a', $1: 'b' },
    ]);
    await run.close();
    await harness.sql(`DROP SCHEMA ${quotedOdd} CASCADE`);
  });

  test('columns of a table that has been widened, and of a sink that has been changed since, are those of their time', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table), 1);
    const epoch = await epochOf(run, 1, [{ id: 1, name: 'a' }]);
    await harness.sql(`ALTER TABLE ${table} ADD COLUMN more int DEFAULT 5`);
    const next = await harness.run(
      harness.options(table, { columns: { id: (row) => row.id, more: () => 9 } }),
      2,
      epoch,
    );
    await commitAll(next, epoch);
    await commitAll(next, await epochOf(next, 2, [{ id: 2 }]));
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: 'a', more: 5 },
      { id: 2, name: null, more: 9 },
    ]);
    await run.close();
    await next.close();
  });

  test('no password gets into any error', async () => {
    const secret = 'pa55/w@rd:very?secret#';
    const table = await harness.table();
    const wrong = new URL(url);
    wrong.password = encodeURIComponent(secret);
    const urls = [
      wrong.href,
      `postgres://me:${encodeURIComponent(secret)}@127.0.0.1:1/db`,
      `postgres://me:${encodeURIComponent(secret)}@no.such.host.invalid/db`,
      `postgres://me:${secret}@127.0.0.1:99999999/db`,
      `postgres://me:${encodeURIComponent(secret)}@[::1/db`,
    ];
    for (const connectionString of urls) {
      const sink = postgresSink(harness.options(table, { connectionString }));
      for (const attempt of [sink.check, sink.openCommitter]) {
        const failure = await Promise.resolve(attempt?.(harness.context(1))).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(Error);
        for (const part of [secret, encodeURIComponent(secret), 'very', 'pa55'])
          expect(everything(failure)).not.toContain(part);
      }
    }
  });
});

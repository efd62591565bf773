// Which line of the list of bad input is shown where: see mended-job.ts.
import { type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import { test } from 'vitest';
import { SinkHarness } from '../postgres/sink-harness.js';
import { describeWithOwnPostgres, describeWithPostgres } from '../services/with-postgres.js';
import { type BadInput, failsClearlyAndGoesOn, writingJob } from './mended-job.js';

interface Case extends Omit<BadInput, 'harm' | 'mend'> {
  /** Options that are wrong. */
  readonly wrong?: (table: string) => Partial<PostgresSinkOptions<number>>;
  readonly harm?: (table: string) => Promise<unknown>;
  readonly mend?: (table: string) => Promise<unknown>;
}

const run = async (harness: SinkHarness, bad: Case, options: Partial<PostgresSinkOptions<number>> = {}) => {
  const table = await harness.table('id int, other int DEFAULT 0');
  const { harm, mend, wrong, ...told } = bad;
  const sink = (harmed: boolean) =>
    postgresSink<number>({
      connectionString: harness.url,
      schema: harness.schema,
      table,
      columns: { id: (n) => n },
      ...options,
      ...(harmed ? wrong?.(table) : {}),
    });
  const read = async () => (await harness.sql<{ id: number }>(`SELECT id FROM ${table}`)).map(({ id }) => id);
  await failsClearlyAndGoesOn(writingJob(`${harness.job} ${bad.what}`, sink, read), {
    ...told,
    harm: async () => harm?.(table),
    mend: async () => mend?.(table),
  });
};

await describeWithPostgres('bad input: PostgreSQL', (url) => {
  const harness = new SinkHarness(url);
  const nameOf = (table: string): string => table.split('.').at(-1) ?? '';
  const role = `${harness.schema}_limited`;
  const asRole = (): string => {
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'secret-of-it';
    return limited.href;
  };

  const cases: readonly Case[] = [
    {
      what: 'an unreachable server',
      code: 'SLUICE_POSTGRES_UNREACHABLE',
      remedy: 'start the server',
      wrong: () => ({ connectionString: 'postgres://127.0.0.1:1/db' }),
    },
    {
      what: 'a missing table',
      code: 'SLUICE_POSTGRES_TABLE',
      remedy: 'create it',
      harm: (table) => harness.sql(`ALTER TABLE ${table} RENAME TO ${nameOf(table)}_away`),
      mend: (table) => harness.sql(`ALTER TABLE ${table}_away RENAME TO ${nameOf(table)}`),
    },
    {
      what: 'a missing column',
      code: 'SLUICE_POSTGRES_COLUMN',
      remedy: 'add it to the table',
      wrong: () => ({ columns: { id: (n) => n, missing: (n) => n } }),
    },
    {
      what: 'a value of the wrong type',
      code: 'SLUICE_POSTGRES_VALUE',
      remedy: '`rejected` output',
      wrong: () => ({ columns: { id: () => new Date(0) } }),
    },
    {
      what: 'a missing privilege',
      code: 'SLUICE_POSTGRES_PRIVILEGE',
      remedy: 'GRANT INSERT ON',
      wrong: () => ({ connectionString: asRole() }),
      harm: async () => {
        await harness.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret-of-it'`);
        await harness.sql(`GRANT USAGE, CREATE ON SCHEMA ${harness.schema} TO ${role}`);
      },
      mend: async () => {
        await harness.sql(`DROP OWNED BY ${role}`);
        await harness.sql(`DROP ROLE ${role}`);
      },
    },
  ];

  test.each(cases.map((each) => [each.what, each.code, each] as const))('%s: %s', (_what, _code, bad) =>
    run(harness, bad),
  );
});

await describeWithOwnPostgres(
  'bad input: a feature of PostgreSQL that is off',
  { max_prepared_transactions: 4 },
  (server) => {
    const restartWith = async (slots: number) => {
      await server.current().stop();
      await server.current().start({ max_prepared_transactions: slots });
      await harness.reconnect();
    };
    const harness = new SinkHarness(server.url);

    test('prepared transactions are off: SLUICE_POSTGRES_TWO_PHASE_OFF', () =>
      run(
        harness,
        {
          what: 'a feature that is off',
          code: 'SLUICE_POSTGRES_TWO_PHASE_OFF',
          remedy: 'max_prepared_transactions = 64',
          harm: () => restartWith(0),
          mend: () => restartWith(4),
        },
        { transactional: 'two-phase' },
      ));
  },
);

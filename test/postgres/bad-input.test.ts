import type { CheckpointStorage, Logger } from '@sluice/connector-sdk';
import { createJob, fixedDelay, fromSource, type JobResult, memoryCheckpoints, noRestart, to } from '@sluice/core';
import { type PostgresSinkOptions, postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { everything } from './everything.js';
import { smallDisk } from './full-disk.js';
import { pacedSource } from './paced-source.js';
import { type Row, SinkHarness } from './sink-harness.js';

const SECRET = 'very-secret';

await describeWithPostgres('what is wrong outside of a job', (url) => {
  const harness = new SinkHarness(url);
  const COUNT = 2_000;
  let jobs = 0;

  interface Outcome {
    readonly result: JobResult | undefined;
    readonly failure: unknown;
    /** All codes of the failure and of what caused it. */
    readonly codes: readonly string[];
    readonly remedies: string;
    /** Events, log lines and the failure, with all that is in them. */
    readonly told: string;
  }

  const inMemory = (): CheckpointStorage => memoryCheckpoints();
  const inDatabase = (): CheckpointStorage => postgresCheckpoints({ connectionString: url, schema: harness.schema });

  /** A job whose rows and password are secrets, to its end or failure. */
  async function outcome(
    options: PostgresSinkOptions<Row>,
    storage: CheckpointStorage,
    { restarts = 0, name = `${harness.job} ${++jobs}`, onRestart = async () => {} } = {},
  ): Promise<Outcome> {
    const told: string[] = [];
    const tell = (fields: object, message?: string) => void told.push(everything(fields), message ?? '');
    const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
    const flow = fromSource(pacedSource(COUNT, 400)).pipe(
      map((id): Row => ({ id, name: `${SECRET} ${id}` })),
      to(postgresSink(options)),
    );
    const job = createJob(name, flow, {
      guarantee: 'exactly-once',
      logger,
      restart: restarts === 0 ? noRestart() : fixedDelay({ attempts: restarts, delay: 200 }),
      checkpoints: { interval: 10, storage },
    });
    job.events.subscribe({
      next: (event) => {
        told.push(everything(event));
        if (event.type === 'restarting') void onRestart();
      },
      error: () => {},
    });
    let result: JobResult | undefined;
    let failure: unknown;
    await job.run().then(
      (value) => {
        result = value;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    told.push(everything(failure));
    const chain: (Error & { code?: string; remedy?: string })[] = [];
    for (let cause = failure; cause instanceof Error && chain.length < 8; cause = cause.cause) chain.push(cause);
    return {
      result,
      failure,
      codes: chain.map(({ code }) => code ?? ''),
      remedies: chain.map(({ remedy }) => remedy ?? '').join('\n'),
      told: told.join('\n'),
    };
  }

  const withPassword = (at: string): string => {
    const theirs = new URL(at);
    theirs.password = SECRET;
    return theirs.href;
  };

  test.each([
    ['a missing table', 'SLUICE_POSTGRES_TABLE', 'create it', { table: 'nothing' }],
    ['a missing column', 'SLUICE_POSTGRES_COLUMN', 'add it to the table', { columns: { id: () => 1, nope: () => 2 } }],
    [
      'an unreachable server',
      'SLUICE_POSTGRES_UNREACHABLE',
      'start the server',
      { connectionString: `postgres://me:${SECRET}@127.0.0.1:1/db` },
    ],
    [
      'a bad password',
      'SLUICE_POSTGRES_LOGIN',
      'check user, password',
      { connectionString: withPassword(url.replace('//postgres@', '//nobody_of_this_name@')) },
    ],
  ] as const)('%s is found before anything starts: %s', async (_what, code, remedy, more) => {
    const table = await harness.table();
    const found = await outcome(harness.options(table, more as never), inMemory());
    expect(found.codes[0]).toBe(code);
    expect(found.remedies).toContain(remedy);
    expect(found.told).not.toContain(SECRET);
    expect(await harness.rows(table)).toEqual([]);
  });

  test.each([
    ['memory', inMemory],
    ['the same database', inDatabase],
  ] as const)(
    'a wrong type that only the server finds fails the job before the checkpoint, and nothing is lost: checkpoints in %s',
    async (_where, storage) => {
      const table = await harness.table('id int PRIMARY KEY, name inet');
      const kept = storage();
      const name = `${harness.job} ${++jobs}`;
      const found = await outcome(harness.options(table), kept, { name });
      expect(found.codes.slice(0, 2)).toEqual(['SLUICE_POSTGRES_VALUE', '22P02']);
      expect(found.remedies).toContain('`rejected` output');
      expect(found.told).not.toContain(SECRET);
      expect(await harness.rows(table)).toEqual([]);
      await harness.sql(`ALTER TABLE ${table} ALTER COLUMN name TYPE text USING name::text`);
      const after = await outcome(harness.options(table), kept, { name });
      expect(after.result?.status).toBe('finished');
      expect(await harness.rows(table)).toHaveLength(COUNT);
    },
  );

  test('a value of a wrong type is refused with its column, and fails the job where nobody takes rejects', async () => {
    const table = await harness.table('id int PRIMARY KEY, name uuid');
    const found = await outcome(harness.options(table), inMemory());
    expect(found.codes[0]).toBe('SLUICE_POSTGRES_VALUE');
    expect(String(found.failure)).toContain('"name"');
    expect(found.remedies).toContain('`rejected` output');
    expect(found.told).not.toContain(SECRET);
  });

  test('a privilege that is taken away while the job runs fails it, and it goes on where it was once it is back', async () => {
    const table = await harness.table();
    const role = `${harness.schema}_role`;
    await harness.sql(`CREATE ROLE ${role} LOGIN PASSWORD '${SECRET}'`);
    await harness.sql(`GRANT USAGE, CREATE ON SCHEMA ${harness.schema} TO ${role}`);
    const missing = new URL(withPassword(url));
    missing.username = role;
    const options = harness.options(table, { connectionString: missing.href });
    const storage = memoryCheckpoints();
    const name = `${harness.job} ${++jobs}`;
    const before = await outcome(options, storage, { name });
    expect(before.codes[0]).toBe('SLUICE_POSTGRES_PRIVILEGE');
    expect(before.remedies).toContain(`GRANT INSERT ON`);
    await harness.sql(`GRANT ALL ON ALL TABLES IN SCHEMA ${harness.schema} TO ${role}`);
    const running = outcome(options, storage, { name });
    await expect.poll(async () => (await harness.rows(table)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    await harness.sql(`REVOKE ALL ON ${table} FROM ${role}`);
    const taken = await running;
    if (taken.result === undefined) {
      expect(taken.codes).toContain('42501');
      await harness.sql(`GRANT ALL ON ${table} TO ${role}`);
      expect((await outcome(options, storage, { name })).result?.status).toBe('finished');
    }
    expect(await harness.rows(table)).toHaveLength(COUNT);
    for (const { told } of [before, taken]) expect(told).not.toContain(SECRET);
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });

  test.each([
    ['ledger', 'memory', inMemory],
    ['ledger', 'the same database', inDatabase],
    ['two-phase', 'memory', inMemory],
  ] as const)(
    'a full disk is told, and the job goes on once there is room: %s, checkpoints in %s',
    async (transactional, _where, storage) => {
      const disk = await smallDisk(harness);
      if (disk === undefined) {
        process.stderr.write('SKIPPED, needs root and a server of this machine: a full disk\n');
        return;
      }
      const table = await harness.table(`id int, name text, filler text DEFAULT repeat(md5(random()::text), 100)`);
      await harness.sql(`ALTER TABLE ${table} ALTER COLUMN filler SET STORAGE PLAIN`);
      await harness.sql(`ALTER TABLE ${table} SET TABLESPACE ${disk.tablespace}`);
      let restarts = 0;
      const found = await outcome(harness.options(table, { transactional }), storage(), {
        restarts: 50,
        onRestart: async () => {
          if (++restarts === 1) await harness.sql(`ALTER TABLE ${table} SET TABLESPACE pg_default`);
        },
      });
      expect(restarts).toBeGreaterThan(0);
      expect(found.told).toContain('SLUICE_POSTGRES_DISK_FULL');
      expect(found.told).toContain('make room in the tablespace');
      expect(found.told).not.toContain(SECRET);
      expect(found.result?.status).toBe('finished');
      expect((await harness.sql(`SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM ${table}`))[0]).toEqual(
        { n: COUNT, ids: COUNT },
      );
      await harness.sql(`DROP TABLE ${table}`);
      await disk.remove();
    },
  );
});

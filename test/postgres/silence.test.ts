import { createServer, type Server, type Socket } from 'node:net';
import {
  type CheckpointStorage,
  callbackSink,
  createJob,
  fixedDelay,
  fromSource,
  type Job,
  type JobResult,
  memoryCheckpoints,
  noRestart,
  to,
} from '@sluice/core';
import { type PostgresRow, postgresCheckpoints, postgresSink, postgresSource } from '@sluice/postgres';
import pg from 'pg';
import { map } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { pacedSource } from './paced-source.js';

interface Row {
  readonly id: number;
}

const COUNT = 20_000;
const columns = { id: ({ id }: Row) => id };

function writing(
  connectionString: string,
  storage: CheckpointStorage,
  more: { readonly transactional?: 'two-phase'; readonly statementTimeout?: string; readonly restarts?: number } = {},
): Job {
  const { restarts = 0, ...options } = more;
  const sink = postgresSink<Row>({ connectionString, table: 'rows', columns, ...(options as object) });
  return createJob(
    'writing',
    fromSource(pacedSource(COUNT, 400)).pipe(
      map((id): Row => ({ id })),
      to(sink),
    ),
    {
      checkpoints: { interval: 10, storage },
      restart: restarts === 0 ? noRestart() : fixedDelay({ attempts: restarts, delay: 200 }),
    },
  );
}

function reading(
  connectionString: string,
  statementTimeout = '1m',
  snapshot: 'none' | 'exported' = 'none',
  onRow = () => {},
): Job {
  const source = postgresSource<PostgresRow>({
    connectionString,
    table: 'read',
    key: 'id',
    chunkRows: 5,
    snapshot,
    statementTimeout: statementTimeout as '1m',
  });
  return createJob(
    'reading',
    fromSource(source).pipe(
      to(
        callbackSink(() => {
          onRow();
          return new Promise((done) => setTimeout(done, 5));
        }),
      ),
    ),
    {
      restart: noRestart(),
    },
  );
}

/** How a job ends, and how many milliseconds an action takes. */
function outcome(job: Job): Promise<JobResult | unknown> {
  return job.run().catch((error: unknown) => error);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await action();
  return performance.now() - since;
}

describe('a server that takes connections and says nothing', { timeout: 180_000 }, () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let url = '';
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      // Read, so that the end of the other side is noticed, and never answered.
      socket.resume();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    url = `postgres://me:very-secret@127.0.0.1:${port}/db`;
  });
  afterAll(() => void server.close());

  const jobs: readonly (readonly [what: string, make: () => Job])[] = [
    ['the sink', () => writing(url, memoryCheckpoints())],
    ['the checkpoints', () => writing(url, postgresCheckpoints({ connectionString: url }))],
    ['the source', () => reading(url)],
  ];

  test.each(jobs)('is no longer waited for when the job is cancelled: %s', async (_what, make) => {
    const job = make();
    const ended = outcome(job);
    await expect.poll(() => sockets.size, { timeout: 60_000 }).toBe(1);
    expect(
      await timed(async () => {
        await job.cancel();
        await ended;
      }),
    ).toBeLessThan(8_000);
    await expect.poll(() => sockets.size, { timeout: 60_000 }).toBe(0);
  });
});

describeWithOwnService('postgres', 'a server that is frozen', (server) => {
  let admin: pg.Client;
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: server().endpoint });
    await admin.connect();
    await admin.query('CREATE TABLE read (id int PRIMARY KEY)');
    await admin.query('INSERT INTO read SELECT g FROM generate_series(1, 100000) AS g');
  });
  afterAll(() => admin.end());
  afterEach(async () => {
    server().resume();
    // A process that goes on may prepare what its job has given up: the job's next start would roll it back, and there is none.
    const { rows } = await admin.query<{ gid: string }>('SELECT gid FROM pg_prepared_xacts');
    for (const { gid } of rows) await admin.query(`ROLLBACK PREPARED ${admin.escapeLiteral(gid)}`);
    await admin.query('DROP TABLE IF EXISTS rows');
  });

  const written = async () => Number((await admin.query('SELECT count(*) AS n FROM rows')).rows[0].n);
  const fresh = () => admin.query('CREATE TABLE rows (id int)');
  const backends = async () =>
    (
      await admin.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'sluice%'`)
    ).rows.map(({ pid }) => pid);

  const modes = [
    ['ledger', () => memoryCheckpoints(), {}],
    ['two-phase', () => memoryCheckpoints(), { transactional: 'two-phase' }],
  ] as const;

  test.each(modes)(
    'fails the run for a while after `statementTimeout`, and nothing is lost: %s',
    async (_mode, storage, more) => {
      await fresh();
      const kept = storage();
      const job = writing(server().endpoint, kept, { ...more, statementTimeout: '1s' });
      const ended = outcome(job);
      await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(0);
      await freeze();
      const error = await ended;
      thaw();
      expect(error).toMatchObject({ transient: true });
      expect(JSON.stringify(codesOf(error))).toContain('SLUICE_POSTGRES_TIMEOUT');
      const again = writing(server().endpoint, kept, { ...more, restarts: 5 });
      expect(await outcome(again)).toMatchObject({ status: 'finished' });
      expect((await admin.query('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM rows')).rows).toEqual([
        { n: COUNT, ids: COUNT },
      ]);
    },
  );

  test('publishes nothing twice and loses nothing, where checkpoints are in the same database and the job is restarted', async () => {
    await fresh();
    const kept = postgresCheckpoints({ connectionString: server().endpoint, statementTimeout: '1s' });
    const job = writing(server().endpoint, kept, { statementTimeout: '1s', restarts: 3 });
    const ended = outcome(job);
    await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(0);
    await freeze();
    await new Promise((done) => setTimeout(done, 1_500));
    thaw();
    expect(await ended).toMatchObject({ status: 'finished' });
    expect((await admin.query('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM rows')).rows).toEqual([
      { n: COUNT, ids: COUNT },
    ]);
  });

  let frozen: readonly number[] = [];
  /** The server's processes that serve the job; ours goes on, and so tells of what happens. */
  async function freeze(): Promise<void> {
    await expect.poll(backends, { timeout: 60_000 }).not.toEqual([]);
    frozen = await backends();
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  }
  function thaw(): void {
    for (const pid of frozen) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // It has ended.
      }
    }
    frozen = [];
  }
  afterEach(thaw);

  test.each(['none', 'exported'] as const)('fails a source for a while: snapshot %s', async (snapshot) => {
    let rows = 0;
    const ended = outcome(reading(server().endpoint, '1s', snapshot, () => rows++));
    // Sooner, it could be frozen with some of its connections, and go on with those that it opens then.
    await expect.poll(() => rows, { timeout: 60_000 }).toBeGreaterThan(0);
    await freeze();
    expect(await ended).toMatchObject({ code: 'SLUICE_POSTGRES_TIMEOUT', transient: true });
  });

  const silenced: readonly (readonly [string, (onRow: () => void) => Job])[] = [
    ['ledger', () => writing(server().endpoint, memoryCheckpoints())],
    ['two-phase', () => writing(server().endpoint, memoryCheckpoints(), { transactional: 'two-phase' })],
    ['the source', (onRow) => reading(server().endpoint, '1m', 'none', onRow)],
  ];

  // Less than what the time-outs of the sink, `lockTimeout` and more, would add up to; far more than the seconds it takes.
  const CANCELLED_WITHIN = 15_000;

  test.each(silenced)(
    'is not waited for when a job at work is cancelled: %s',
    { timeout: 120_000 },
    async (_what, make) => {
      await fresh();
      let rows = 0;
      const job = make(() => rows++);
      const ended = outcome(job);
      await expect.poll(async () => rows + (await written()), { timeout: 60_000 }).toBeGreaterThan(0);
      await freeze();
      // By then it has asked for something.
      await new Promise((done) => setTimeout(done, 500));
      const took = await timed(async () => {
        await job.cancel();
        await ended;
      });
      expect(took).toBeLessThan(CANCELLED_WITHIN);
      thaw();
      await expect.poll(backends, { timeout: 60_000 }).toEqual([]);
    },
  );

  test('as a whole, at the start of a job: it is cancelled at once', async () => {
    await fresh();
    const job = writing(server().endpoint, memoryCheckpoints());
    server().pause();
    const ended = outcome(job);
    await new Promise((done) => setTimeout(done, 300));
    expect(
      await timed(async () => {
        await job.cancel();
        await ended;
      }),
    ).toBeLessThan(8_000);
    server().resume();
  });
});

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    codes.push((cause as { code?: string }).code ?? '');
  return codes;
}

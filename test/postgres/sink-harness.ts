import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Clock,
  type CommitResult,
  type Committer,
  milliseconds,
  type PluginContext,
  type SinkContext,
  type TransactionalWriter,
} from '@sluice/connector-sdk';
import { type PostgresCommittable, type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';

export type Committable = PostgresCommittable;

export interface Row {
  readonly id: number;
  readonly name?: string | null;
}

export interface Run<T> {
  readonly writer: TransactionalWriter<T, PostgresCommittable>;
  readonly committer: Committer<PostgresCommittable>;
  readonly rejected: readonly { readonly value: T; readonly cause: unknown }[];
  readonly requested: () => number;
  close(): Promise<void>;
}

/** A schema of its own for a test file, gone afterwards, and what one run of a job does with a sink. */
export class SinkHarness {
  readonly schema = `t_${randomUUID().slice(0, 8)}`;
  /** Of the identifiers of prepared transactions, so that those of other test files are told apart. */
  readonly prefix = this.schema.replace('_', '-');
  readonly job = `job ${this.schema}`;
  readonly warnings: object[] = [];
  incarnation: string = randomUUID();
  #admin: pg.Client;

  constructor(
    readonly url: string,
    readonly uid = 'sink-1',
  ) {
    this.#admin = new pg.Client();
    beforeAll(async () => {
      await this.reconnect();
      await this.sql(`CREATE SCHEMA ${this.schema}`);
    });
    afterEach(async () => {
      for (const gid of await this.prepared()) await this.sql(`ROLLBACK PREPARED '${gid}'`);
    });
    afterAll(async () => {
      await this.sql(`DROP SCHEMA ${this.schema} CASCADE`);
      await this.#admin.end();
    });
  }

  async reconnect(): Promise<void> {
    this.#admin = new pg.Client({ connectionString: this.url });
    this.#admin.on('error', () => {});
    await this.#admin.connect();
  }

  async sql<R extends pg.QueryResultRow = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.#admin.query<R>(text, values)).rows;
  }

  /** A new empty table `id int primary key, name text`, or with the columns given. */
  async table(columns = 'id int PRIMARY KEY, name text'): Promise<string> {
    const name = `r_${randomUUID().slice(0, 8)}`;
    await this.sql(`CREATE TABLE ${this.schema}.${name} (${columns})`);
    return `${this.schema}.${name}`;
  }

  options(table: string, more: Partial<PostgresSinkOptions<Row>> = {}): PostgresSinkOptions<Row> {
    return {
      connectionString: this.url,
      table,
      columns: { id: (row) => row.id, name: (row) => row.name },
      schema: this.schema,
      prefix: this.prefix,
      ...more,
    };
  }

  context(epoch: number, more: Partial<PluginContext> = {}): PluginContext {
    const log = (fields: object) => void this.warnings.push(fields);
    return {
      job: this.job,
      uid: this.uid,
      subtask: 0,
      parallelism: 1,
      epoch,
      incarnation: this.incarnation,
      durable: true,
      report: () => {},
      signal: new AbortController().signal,
      logger: { debug: () => {}, info: () => {}, warn: log, error: log },
      metrics: { counter: () => ({ add: () => {} }), gauge: () => {}, histogram: () => ({ record: () => {} }) },
      clock: { now: Date.now, sleep: this.sleepAtMost(Number.POSITIVE_INFINITY) },
      ...more,
    };
  }

  sleepAtMost(limit: number): Clock['sleep'] {
    return (duration, signal) => sleep(Math.min(limit, milliseconds(duration)), undefined, signal ? { signal } : {});
  }

  /** As the engine starts a run: check, recover, open. */
  async run<T>(
    options: PostgresSinkOptions<T>,
    epoch: number,
    restored: readonly PostgresCommittable[] = [],
    more: Partial<PluginContext> = {},
  ): Promise<Run<T>> {
    const sink = postgresSink(options);
    const own = { uid: `${this.uid} ${options.table}`, ...more };
    const rejected: { value: T; cause: unknown }[] = [];
    let requests = 0;
    const context: SinkContext<T> = {
      ...this.context(epoch, own),
      restoredState: [],
      reject: (value, cause) => void rejected.push({ value, cause }),
      requestCheckpoint: () => void requests++,
    };
    await sink.check?.(context);
    const committer = (await sink.openCommitter(context)) as Committer<PostgresCommittable>;
    await committer.recover(restored.map((committable) => persisted(sink, committable)));
    const writer = (await sink.open(context)) as TransactionalWriter<T, PostgresCommittable>;
    return {
      writer,
      committer,
      rejected,
      requested: () => requests,
      close: async () => {
        await writer.close();
        await committer.close();
      },
    };
  }

  /** Identifiers of the transactions that sinks of this file have prepared. */
  async prepared(): Promise<string[]> {
    const rows = await this.sql<{ gid: string }>(
      'SELECT gid FROM pg_prepared_xacts WHERE starts_with(gid, $1) ORDER BY 1',
      [`${this.prefix}_`],
    );
    return rows.map(({ gid }) => gid);
  }

  /** Processes of the server that hold locks on tables of this file. */
  async sessions(): Promise<string[]> {
    const rows = await this.sql<{ pid: string }>(
      `SELECT DISTINCT l.pid::text AS pid FROM pg_locks l
         JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND l.pid IS NOT NULL`,
      [this.schema],
    );
    return rows.map(({ pid }) => pid);
  }

  rows(table: string): Promise<Record<string, unknown>[]> {
    return this.sql(`SELECT * FROM ${table} ORDER BY id`);
  }
}

/** What comes back from a checkpoint is what its bytes hold. */
export function persisted<T>(
  sink: ReturnType<typeof postgresSink<T>>,
  committable: PostgresCommittable,
): PostgresCommittable {
  const { version, encode, decode } = sink.committableCodec;
  return decode(version, encode(committable)) as PostgresCommittable;
}

/** One epoch: the rows written, and prepared for `checkpoint`. */
export async function epochOf<T>(
  run: Run<T>,
  checkpoint: number,
  rows: readonly T[],
): Promise<readonly PostgresCommittable[]> {
  const transaction = run.writer.begin();
  for (const row of rows) await transaction.write(row, 0);
  return transaction.prepare(checkpoint);
}

/** As the engine does on completion: in order, and all of them. */
export async function commitAll<T>(run: Run<T>, committables: readonly Committable[]): Promise<CommitResult[]> {
  const results: CommitResult[] = [];
  for (const committable of committables) results.push(await run.committer.commit(committable));
  return results;
}

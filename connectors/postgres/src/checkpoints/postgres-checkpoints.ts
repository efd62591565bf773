import { randomUUID } from 'node:crypto';
import { type CheckpointStorage, type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { Session } from '../server/session.js';
import { Sessions } from '../server/sessions.js';
import { schemaOf } from '../sink-settings.js';
import { COMPONENT } from './checkpoint-error.js';
import { checkpointLease, type HeldLease } from './checkpoint-lease.js';
import { checkJob } from './checkpoint-name.js';
import { checkpointReader, type Lend, passingOn } from './checkpoint-reader.js';
import { type CheckpointTables, checkpointTables } from './checkpoint-tables.js';

export interface PostgresCheckpointsOptions {
  /** `postgres://user:password@host:port/database`. It never appears in an error or a log. */
  readonly connectionString: string;
  /** Where the tables `sluice_checkpoint_*` are, made when they are not there. Default: the connection's current schema. */
  readonly schema?: string;
  /** How long a login may take. Default 10 s. */
  readonly connectTimeout?: Duration;
}

/**
 * Checkpoints in a Postgres database: state and offsets beside the rows that they belong to, for applications that have a database and
 * no shared file system.
 *
 * The lease is a row that `acquire` counts up; a checkpoint is published by one statement which takes effect only while the lease is the
 * newest. Blobs are kept in parts of 512 KiB, each with a checksum that is compared before the part is given out. Nothing is locked
 * between two statements, so a process that hangs keeps nobody from taking over.
 *
 * Fails with SLUICE_POSTGRES_UNREACHABLE, _LOGIN, _PRIVILEGE, _OPTIONS; SLUICE_FENCED, SLUICE_CHECKPOINT_NAME, _DAMAGED, _IO, and
 * SLUICE_CHECKPOINT_IN_DOUBT when the connection broke while a checkpoint was being published.
 *
 * @example
 * const storage = postgresCheckpoints({ connectionString: 'postgres://me:secret@localhost:5432/app' });
 * createJob('revenue', flow, { checkpoints: { interval: '10s', storage } });
 */
export function postgresCheckpoints(options: PostgresCheckpointsOptions): CheckpointStorage {
  const { connectionString } = options;
  if (typeof connectionString !== 'string' || connectionString === '') {
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_OPTIONS',
      component: COMPONENT,
      expected: 'option `connectionString` to be a URL such as postgres://user:password@host:5432/database',
      actual: typeof connectionString,
      remedy: 'correct `connectionString`',
    });
  }
  const schema = schemaOf(COMPONENT, options.schema);
  const connectTimeout = milliseconds(options.connectTimeout ?? '10s');
  const sessions = () =>
    new Sessions({ component: COMPONENT, connectionString, connectTimeout, applicationName: 'sluice_checkpoints' });

  /** Connections that stay until `close`. */
  function lending(): { readonly lend: Lend; readonly close: () => Promise<void> } {
    const pool = sessions();
    let tables: CheckpointTables | undefined;
    const lend: Lend = (doing, work) =>
      borrowed(doing, pool, async (session) => {
        tables ??= await checkpointTables(session, schema);
        return work(session, tables);
      });
    return { lend, close: () => pool.close() };
  }

  /** A reader is never closed, so it keeps no connection between two questions. */
  const lendOnce: Lend = async (doing, work) => {
    const { lend, close } = lending();
    try {
      return await lend(doing, work);
    } finally {
      await close();
    }
  };

  return {
    specVersion: 1,
    name: COMPONENT,
    async acquire(job, signal) {
      checkJob(job);
      signal.throwIfAborted();
      const { lend, close } = lending();
      try {
        const held = await lend('acquire the lease', (session, tables) => acquire(session, tables, job));
        signal.throwIfAborted();
        return checkpointLease(held, lend, close);
      } catch (error) {
        await close();
        throw error;
      }
    },
    async inspect(job) {
      checkJob(job);
      return checkpointReader(job, lendOnce);
    },
  };
}

async function borrowed<R>(doing: string, pool: Sessions, work: (session: Session) => Promise<R>): Promise<R> {
  return passingOn(doing, async () => {
    const session = await pool.take();
    try {
      return await work(session);
    } finally {
      await pool.giveBack(session);
    }
  });
}

/** The next epoch, by compare-and-set; then what runs before it had begun to write and never finished is deleted. */
async function acquire(session: Session, tables: CheckpointTables, job: string): Promise<HeldLease> {
  const { rows } = await session.query<{ epoch: string; incarnation: string; newest: string }>(
    `INSERT INTO ${tables.leases} AS lease (job, incarnation, epoch, newest) VALUES ($1, $2, 1, 0)
     ON CONFLICT (job) DO UPDATE SET epoch = lease.epoch + 1 RETURNING epoch, incarnation, newest`,
    [job, randomUUID()],
  );
  const [row] = rows;
  const held = { job, epoch: Number(row?.epoch), incarnation: row?.incarnation ?? '', newest: Number(row?.newest) };
  await session.query(
    `DELETE FROM ${tables.parts} p WHERE p.job = $1 AND p.epoch < $2
        AND NOT EXISTS (SELECT FROM ${tables.blobs} b WHERE b.job = p.job AND b.epoch = p.epoch AND b.id = p.id)`,
    [job, held.epoch],
  );
  return held;
}

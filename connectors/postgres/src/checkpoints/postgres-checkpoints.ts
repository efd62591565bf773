import type { CheckpointStorage, Duration } from '@sluice/connector-sdk';
import { option } from '../option.js';
import { leaseApplicationName } from '../recovery/identity.js';
import { checkedConnectionString } from '../server/connection-string.js';
import type { Session } from '../server/session.js';
import { Sessions } from '../server/sessions.js';
import { schemaOf } from '../sink-settings.js';
import { acquireLease } from './acquire-lease.js';
import { COMPONENT } from './checkpoint-error.js';
import { checkpointLease } from './checkpoint-lease.js';
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
  /** How long the server may leave any statement unanswered, until the connection is given up. Default 2 min. */
  readonly statementTimeout?: Duration;
}

/**
 * Checkpoints in a Postgres database: state and offsets beside the rows that they belong to, for applications that have a database and
 * no shared file system.
 *
 * A `postgresSink` in `'ledger'` mode that writes to the same database as the same role joins: its rows are written in the transaction
 * that publishes their checkpoint. Then state, positions and rows become visible at one moment; rows are stored once, not in the
 * checkpoint as well; and what the table refuses fails the checkpoint, before it is complete. Sinks of other kinds and places commit
 * afterwards, as with every storage.
 *
 * The lease is a row that `acquire` counts up; a checkpoint is published only while its lease is the newest. Blobs are kept in parts of
 * 512 KiB, each with a checksum that is compared before the part is given out. A process that hangs in the middle of a publication
 * keeps nobody from taking over: its session is ended. When the connection breaks during a publication, the next attempt looks whether it
 * has happened.
 *
 * Fails with SLUICE_POSTGRES_UNREACHABLE, _LOGIN, _PRIVILEGE, _OPTIONS; SLUICE_FENCED, SLUICE_CHECKPOINT_NAME, _DAMAGED, _IO, and
 * SLUICE_CHECKPOINT_IN_DOUBT when the connection broke while a checkpoint was being published and the server did not come back to be asked.
 *
 * @example
 * const storage = postgresCheckpoints({ connectionString: 'postgres://me:secret@localhost:5432/app' });
 * createJob('revenue', flow, { checkpoints: { interval: '10s', storage } });
 */
export function postgresCheckpoints(options: PostgresCheckpointsOptions): CheckpointStorage {
  option.object(COMPONENT, 'options', options);
  const connectionString = checkedConnectionString(COMPONENT, options.connectionString);
  const schema = schemaOf(COMPONENT, options.schema);
  const connectTimeout = option.duration(COMPONENT, 'connectTimeout', options.connectTimeout ?? '10s', 1);
  const statementTimeout = option.duration(COMPONENT, 'statementTimeout', options.statementTimeout ?? '2m', 1);

  /** Connections that stay until `close`. */
  function lending(applicationName = 'sluice_checkpoints'): {
    readonly pool: Sessions;
    readonly lend: Lend;
    readonly close: () => Promise<void>;
  } {
    const pool = new Sessions({
      component: COMPONENT,
      connectionString,
      connectTimeout,
      statementTimeout,
      applicationName,
    });
    let tables: CheckpointTables | undefined;
    const lend: Lend = (doing, work) =>
      borrowed(doing, pool, async (session) => {
        tables ??= await checkpointTables(session, schema);
        return work(session, tables);
      });
    return { pool, lend, close: () => pool.close() };
  }

  /** A reader is never closed, so it keeps no connection between two questions. */
  const lendOnce =
    (signal = new AbortController().signal): Lend =>
    async (doing, work) => {
      const { pool, lend, close } = lending();
      try {
        return await pool.until(signal, () => lend(doing, work));
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
      const held = await lendOnce(signal)('acquire the lease', (session, tables) => acquireLease(session, tables, job));
      signal.throwIfAborted();
      const { lend, close } = lending(leaseApplicationName(held.incarnation, held.epoch));
      return checkpointLease(held, lend, close);
    },
    async inspect(job) {
      checkJob(job);
      return checkpointReader(job, lendOnce());
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

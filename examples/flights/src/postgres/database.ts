import { provision } from '@sluice/services';
import pg from 'pg';

/** The database that the demo writes to. */
export interface Database {
  readonly url: string;
  /** What to type in a shell to look at it. */
  readonly psql: string;
  /** Where its data is. */
  readonly place: string;
  /** What to type to stop the server if it is left running; undefined when it is not ours. */
  readonly stopCommand: string | undefined;
  stop(): Promise<void>;
  /** Stops it and removes its data; somebody else's is left alone. */
  remove(): Promise<void>;
}

/** Slots for prepared transactions: one sink prepares, the next epoch's may come before the first is committed. */
const neededSlots = 2;

/** The database at `url`, or one of our own in `directory`. */
export async function openDatabase(url: string | undefined, directory: string): Promise<Database> {
  if (url !== undefined && url !== '') {
    await requirePreparedTransactions(url);
    const nothing = async (): Promise<void> => undefined;
    const psql = 'psql "$DATABASE_URL"';
    return { url, psql, place: 'the database at DATABASE_URL', stopCommand: undefined, stop: nothing, remove: nothing };
  }
  const server = await provision('postgres', {
    folder: directory,
    settings: { max_prepared_transactions: 16, max_wal_size: '2GB' },
    programs: 'npm',
  });
  return {
    url: server.endpoint,
    psql: `psql ${server.endpoint}`,
    place: server.home,
    stopCommand: `kill -INT ${server.pid}`,
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      await server.remove();
    },
  };
}

/** @throws when the server cannot be reached or has too few slots for prepared transactions; says what to do. */
export async function requirePreparedTransactions(url: string): Promise<void> {
  const slots = await readSlots(url);
  if (slots >= neededSlots) return;
  throw new Error(
    `The Postgres at DATABASE_URL has max_prepared_transactions = ${slots}, and the alerts are written with two-phase commit, which needs ` +
      `at least ${neededSlots}.\nRun "ALTER SYSTEM SET max_prepared_transactions = 16" as a superuser and restart the server, ` +
      'or unset DATABASE_URL: the demo then starts a Postgres of its own.',
  );
}

async function readSlots(url: string): Promise<number> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const result = await client.query<{ max_prepared_transactions: string }>('SHOW max_prepared_transactions');
      return Number(result.rows[0]?.max_prepared_transactions);
    } finally {
      await client.end();
    }
  } catch (cause) {
    const said = cause instanceof Error && cause.message !== '' ? cause.message : 'no connection';
    throw new Error(
      `The Postgres at DATABASE_URL does not answer: ${said}.\nCorrect DATABASE_URL, or unset it: the demo then starts a Postgres of its own.`,
      { cause },
    );
  }
}

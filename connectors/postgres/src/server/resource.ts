import { createHash } from 'node:crypto';
import { failureOf } from './failure.js';
import type { Session } from './session.js';

/** Of the handle that those who share a transaction give to each other: `SharedTransaction`. */
const HANDLE_VERSION = 1;

/**
 * Where a session's transactions are, in the server's own words: the cluster, its running process (a copy of its files has the same
 * identifier, another process), the database, the role, and what the connection string sets, which decides how text is read. Undefined
 * where the role may not know: then nothing is shared.
 */
export async function resourceOf(session: Session): Promise<string | undefined> {
  try {
    const { rows } = await session.query<Record<string, unknown>>(
      `SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS cluster,
              extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text AS started,
              (SELECT oid::int8::text FROM pg_catalog.pg_database WHERE datname = current_database()) AS database,
              current_user::text AS role, session_user::text AS login,
              (SELECT array_agg(name || '=' || setting ORDER BY name) FROM pg_catalog.pg_settings
                WHERE source = 'client' AND name <> 'application_name') AS settings`,
    );
    const hash = createHash('sha256').update(JSON.stringify(rows[0])).digest('hex');
    return `postgres-${HANDLE_VERSION}:${hash.slice(0, 32)}`;
  } catch (error) {
    if (failureOf(error).code === '42501') return undefined;
    throw error;
  }
}

/** What the storage and a sink share while a checkpoint is being published; either may be of another copy of this package. */
export type SharedTransaction = Pick<Session, 'query' | 'copyIn'>;

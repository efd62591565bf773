import type { Session } from '../server/session.js';
import { incarnationHash, type SinkIdentity, sessionsOf } from './identity.js';

/**
 * Ends the sessions of older runs of this sink: of a process that hangs, or that died without the server having noticed. Their open
 * transactions are rolled back with them. Answers how many there were.
 */
export async function endOldSessions(session: Session, identity: SinkIdentity, epoch: number): Promise<number> {
  const { rows } = await session.query<{ pid: number; name: string }>(
    `SELECT pid, application_name AS name FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND starts_with(application_name, $1)`,
    [sessionsOf(identity)],
  );
  const old = rows.filter(({ name }) => isOld(name, identity, epoch));
  for (const { pid } of old) await session.query('SELECT pg_terminate_backend($1)', [pid]);
  return old.length;
}

function isOld(name: string, identity: SinkIdentity, epoch: number): boolean {
  const [incarnation, itsEpoch] = name.slice(sessionsOf(identity).length).split('_');
  return incarnation !== incarnationHash(identity.incarnation) || Number(itsEpoch) < epoch;
}

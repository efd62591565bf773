import type { SharedTransaction } from '../server/resource.js';
import { incarnationHash, leaseSessionsOf, type SinkIdentity, sessionsOf } from './identity.js';

/**
 * Ends the sessions of older runs of this sink: of a process that hangs, or that died without the server having noticed. Their open
 * transactions are rolled back with them. The fence may also be held by the checkpoint storage of another incarnation, which publishes
 * rows of this sink. Answers how many there were.
 */
export async function endOldSessions(
  session: SharedTransaction,
  fenceTable: string,
  identity: SinkIdentity,
  epoch: number,
): Promise<number> {
  const own = await endSessions(session, sessionsOf(identity), (name) => isOld(name, identity, epoch));
  const { rows } = await session.query<{ incarnation: string }>(
    `SELECT incarnation FROM ${fenceTable} WHERE job = $1 AND sink = $2 AND incarnation <> $3`,
    [identity.job, identity.sink, identity.incarnation],
  );
  let others = 0;
  for (const { incarnation } of rows) others += await endSessions(session, leaseSessionsOf(incarnation), () => true);
  return own + others;
}

/** Ends the sessions of this database whose name begins so and is chosen. Answers how many there were. */
export async function endSessions(
  session: SharedTransaction,
  prefix: string,
  isChosen: (rest: string) => boolean,
): Promise<number> {
  const { rows } = await session.query<{ pid: number; name: string }>(
    `SELECT pid, application_name AS name FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND starts_with(application_name, $1)`,
    [prefix],
  );
  const chosen = rows.filter(({ name }) => isChosen(name.slice(prefix.length)));
  for (const { pid } of chosen) await session.query('SELECT pg_terminate_backend($1)', [pid]);
  return chosen.length;
}

function isOld(rest: string, identity: SinkIdentity, epoch: number): boolean {
  const [incarnation, itsEpoch] = rest.split('_');
  return incarnation !== incarnationHash(identity.incarnation) || Number(itsEpoch) < epoch;
}

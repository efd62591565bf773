import { SluiceError } from '@sluice/connector-sdk';
import type { Session } from './session.js';

/**
 * In a SELECT: what is committed here is on disk when the server says so, also where `synchronous_commit` is off. A checkpoint is thrown
 * away once its rows have been committed, so rows that a crash of the server took back would be lost.
 */
export const DURABLE = `CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`;

/** An epoch may be open for long while nothing arrives, so the server must not end it for being idle. */
export async function begin(session: Session, lockTimeout: number): Promise<void> {
  await session.query('BEGIN');
  await session.query(
    `SELECT set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', '0', true), ${DURABLE}`,
    [String(lockTimeout)],
  );
}

/** A transaction that has failed answers COMMIT with ROLLBACK, and the driver calls that success. @throws SLUICE_POSTGRES_ROLLED_BACK */
export async function commit(session: Session, component: string): Promise<void> {
  const { command } = await session.query('COMMIT');
  if (command !== 'COMMIT') throw rolledBack(component, 'COMMIT', command);
}

/** The caller has made sure that `gid` can stand in a literal. @throws SLUICE_POSTGRES_ROLLED_BACK */
export async function prepareTransaction(session: Session, component: string, gid: string): Promise<void> {
  const { command } = await session.query(`PREPARE TRANSACTION '${gid}'`);
  if (command !== 'PREPARE') throw rolledBack(component, 'PREPARE', command);
}

function rolledBack(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_ROLLED_BACK',
    component,
    expected: `the server to answer ${expected}`,
    actual: `${actual || 'nothing'}: the transaction had failed, or there was none`,
    transient: true,
    remedy: 'let the job restart from its latest checkpoint; look for an earlier error in the log of the server',
  });
}

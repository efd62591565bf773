import { type CommitResult, SluiceError } from '@sluice/connector-sdk';
import type { PreparedEpoch } from '../committable.js';
import { type Ledger, proofOf } from '../recovery/ledger.js';
import { failureOf } from '../server/failure.js';
import type { Session } from '../server/session.js';

/** COMMIT PREPARED, with what its refusals mean. Other failures are thrown. */
export async function commitPrepared(
  session: Session,
  component: string,
  ledger: Ledger,
  epoch: PreparedEpoch,
): Promise<CommitResult> {
  const { gid, transaction } = epoch;
  try {
    await session.query(`COMMIT PREPARED '${gid}'`);
    return { status: 'committed' };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === '42704') {
      if (await ledger.has(session, transaction)) return { status: 'alreadyCommitted', proof: proofOf(transaction) };
      return { status: 'failed', cause: lost(component, gid, proofOf(transaction)) };
    }
    if (failure.code === '55000' && (await isBusy(session)))
      return { status: 'retryLater', after: BUSY_AGAIN_AFTER, cause: failure };
    if (WRONG_PLACE.includes(failure.code)) return { status: 'failed', cause: notOurs(component, gid, failure) };
    throw failure;
  }
}

/** Unknown is as good as rolled back. @throws SLUICE_POSTGRES_ROLE */
export async function rollbackPrepared(session: Session, component: string, gid: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await session.query(`ROLLBACK PREPARED '${gid}'`);
      return;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === '42704') return;
      if (WRONG_PLACE.includes(failure.code)) throw notOurs(component, gid, failure);
      // Somebody else is finishing it at this moment: the next look finds it gone.
      if (failure.code !== '55000' || attempt >= 20) throw failure;
      await session.query('SELECT pg_sleep(0.1)');
    }
  }
}

const BUSY_AGAIN_AFTER = 100;
/** Another database, another role. */
const WRONG_PLACE = ['0A000', '42501'];

/** The same code says that another session is finishing it and that the feature is off. */
async function isBusy(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ slots: string }>(
    `SELECT current_setting('max_prepared_transactions') AS slots`,
  );
  return Number(rows[0]?.slots) > 0;
}

function lost(component: string, gid: string, proof: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_LOST_TRANSACTION',
    component,
    expected: `prepared transaction ${gid}, or its ${proof}`,
    actual: 'neither: somebody has rolled it back, and the rows of its checkpoint are lost',
    remedy:
      'find out who ran ROLLBACK PREPARED, then start from a checkpoint or savepoint before it, with the rows written since removed',
  });
}

function notOurs(component: string, gid: string, cause: Error): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_ROLE',
    component,
    expected: `prepared transaction ${gid} to be of this database and this role`,
    actual: cause.message,
    remedy: 'connect to the database and as the role that prepared it: pg_prepared_xacts names both',
    cause,
  });
}

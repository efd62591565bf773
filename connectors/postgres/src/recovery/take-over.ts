import { type Clock, type Logger, SluiceError } from '@sluice/connector-sdk';
import type { PreparedEpoch } from '../committable.js';
import { commitPrepared, rollbackPrepared } from '../prepared/finish-prepared.js';
import { type PreparedTransaction, preparedTransactions } from '../prepared/prepared-transactions.js';
import { failureOf } from '../server/failure.js';
import type { Session } from '../server/session.js';
import { begin, commit } from '../server/transaction.js';
import type { Fence } from './fence.js';
import { incarnationHash, type SinkIdentity } from './identity.js';
import type { Ledger } from './ledger.js';
import { endOldSessions } from './old-sessions.js';

export interface TakeOverParts {
  readonly component: string;
  readonly identity: SinkIdentity;
  readonly epoch: number;
  readonly fence: Fence;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** How long the fence is waited for at a time, in ms, and how often. */
const FENCE_WAIT = 1_000;
const FENCE_ATTEMPTS = 8;

/**
 * Makes this run the only one: the restored transactions are committed, in order, the other ones of this sink rolled back, and then the
 * fence is moved. In this order, because a prepared transaction holds the fence: moving it first would wait for ever.
 *
 * A transaction that an older run prepares meanwhile keeps the fence where it is, so it is found at the next look.
 */
export async function takeOver(
  session: Session,
  parts: TakeOverParts,
  restored: readonly PreparedEpoch[],
): Promise<void> {
  await parts.fence.refuseIfSuperseded(session);
  for (const epoch of restored) await commitRestored(session, parts, epoch);
  for (let attempt = 1; ; attempt++) {
    await rollbackOthers(session, parts, restored);
    if (await moveFence(session, parts)) break;
    if (attempt === FENCE_ATTEMPTS) throw fenceHeld(parts);
    const ended = await endOldSessions(session, parts.fence.table, parts.identity, parts.epoch);
    if (ended > 0)
      parts.logger.warn(
        { sink: parts.identity.sink, sessions: ended },
        'ended sessions of an older run that held the fence',
      );
  }
  await rollbackOthers(session, parts, restored);
}

async function commitRestored(session: Session, parts: TakeOverParts, epoch: PreparedEpoch): Promise<void> {
  for (;;) {
    const result = await commitPrepared(session, parts.component, parts.ledger, epoch);
    if (result.status === 'failed') throw result.cause;
    if (result.status !== 'retryLater') return;
    await parts.clock.sleep(result.after, parts.signal);
  }
}

async function rollbackOthers(
  session: Session,
  parts: TakeOverParts,
  restored: readonly PreparedEpoch[],
): Promise<void> {
  const keep = new Set(restored.map(({ gid }) => gid));
  const others = (await preparedTransactions(session, parts.identity)).filter(({ gid }) => !keep.has(gid));
  // Those of a later run are its own: whoever sees them is the zombie, and must not touch them.
  if (others.some((other) => isLater(other, parts))) await parts.fence.hold(session);
  for (const other of others) {
    if (!isLater(other, parts)) await rollbackPrepared(session, parts.component, other.gid);
  }
}

function isLater(transaction: PreparedTransaction, { identity, epoch }: TakeOverParts): boolean {
  return transaction.incarnationHash === incarnationHash(identity.incarnation) && transaction.epoch > epoch;
}

/** False when somebody holds it still. */
async function moveFence(session: Session, { fence, component }: TakeOverParts): Promise<boolean> {
  await begin(session, FENCE_WAIT);
  try {
    await fence.advance(session);
    await commit(session, component);
    return true;
  } catch (error) {
    await session.rollback();
    if (!SluiceError.isInstance(error) && failureOf(error).code === '55P03') return false;
    throw error;
  }
}

function fenceHeld({ component, identity }: TakeOverParts): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_FENCE_HELD',
    component,
    expected: `to move the fence of sink ${JSON.stringify(identity.sink)} of job ${JSON.stringify(identity.job)}`,
    actual: 'its row locked by somebody who is neither an older run of it nor one of its prepared transactions',
    remedy: 'find the holder in pg_locks and end it, or let its transaction end; then start again',
  });
}

import type { CommitResult } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import type { BufferedEpoch } from '../committable.js';
import type { Fence } from '../recovery/fence.js';
import { type Ledger, proofOf } from '../recovery/ledger.js';
import { RowWriter } from '../rows/row-writer.js';
import { failureOf } from '../server/failure.js';
import type { Session } from '../server/session.js';
import { begin, commit } from '../server/transaction.js';
import { retypedTarget } from './retyped-target.js';

/** All rows of an epoch, with the row that proves it, in one ordinary transaction: all or nothing, and at most once. */
export async function commitBuffered(
  session: Session,
  component: string,
  fence: Fence,
  ledger: Ledger,
  lockTimeout: number,
  epoch: BufferedEpoch,
): Promise<CommitResult> {
  const { transaction, target, chunks } = epoch;
  await begin(session, lockTimeout);
  try {
    await fence.hold(session);
    if (!(await ledger.record(session, transaction))) {
      await session.rollback();
      return { status: 'alreadyCommitted', proof: proofOf(transaction) };
    }
    if (await ledger.mayHavePruned(session, transaction)) throw proofPruned(component, proofOf(transaction));
    const writer = new RowWriter(session, target);
    for (const chunk of chunks) await writer.write(chunk);
    await commit(session, component);
    return { status: 'committed' };
  } catch (error) {
    await session.rollback();
    const retyped = isRefusedValue(error) ? await retypedTarget(session, target) : undefined;
    if (retyped === undefined) throw error;
    return commitBuffered(session, component, fence, ledger, lockTimeout, { ...epoch, target: retyped });
  }
}

/** A value that is none of its type, or a type that there is no more. */
function isRefusedValue(error: unknown): boolean {
  const { code } = failureOf(error);
  return !SluiceError.isInstance(error) && (code.startsWith('22') || code === '42704' || code === '42846');
}

function proofPruned(component: string, proof: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_PROOF_PRUNED',
    component,
    expected: `the ${proof}, or one of a time when it would still be kept`,
    actual: 'a ledger that has been pruned beyond it, so nobody can tell whether these rows have been written',
    remedy:
      'start from a checkpoint that the job still keeps, or from a savepoint that it made: what proves the commits of others is deleted',
  });
}

import { SluiceError } from '@sluice/connector-sdk';
import type { PostgresCommittable } from '../committable.js';
import type { SinkBooks } from '../recovery/sink-books.js';
import { RowWriter } from '../rows/row-writer.js';
import type { SharedTransaction } from '../server/resource.js';
import { statementFailure } from '../server/statement-failure.js';
import type { SinkSettings } from '../sink-settings.js';

/**
 * Epochs and the rows that prove them, in the transaction that publishes their checkpoint. The proof is for savepoints: one that was taken
 * before this checkpoint may hold the same epoch.
 */
export async function writeWithin(
  transaction: SharedTransaction,
  { component, lockTimeout }: Pick<SinkSettings<never>, 'component' | 'lockTimeout'>,
  { fence, ledger }: SinkBooks,
  committables: readonly PostgresCommittable[],
): Promise<void> {
  try {
    await transaction.query(`SELECT set_config('lock_timeout', $1, true)`, [String(lockTimeout)]);
    await fence.hold(transaction);
    for (const epoch of committables) {
      if (epoch.kind !== 'buffered') throw alreadyPrepared(component);
      if (!(await ledger.record(transaction, epoch.transaction))) continue;
      const writer = new RowWriter(transaction, epoch.target);
      for (const chunk of epoch.chunks) await writer.write(chunk);
    }
  } catch (error) {
    throw statementFailure(component, 'the rows of an epoch to be written', error);
  }
}

function alreadyPrepared(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_COMMITTABLE',
    component,
    expected: 'rows to write in the transaction of their checkpoint',
    actual: 'a transaction that has been prepared, which only COMMIT PREPARED can end',
    remedy: 'report this: the engine mixed up two kinds of committables',
  });
}

import type { SharedTransaction } from '../server/resource.js';
import type { SinkIdentity, TransactionIdentity } from './identity.js';

/** One row for each transaction, written by that transaction itself: the proof that it was committed. */
export class Ledger {
  constructor(private readonly table: string) {}

  /** False when the row is there already: then this transaction has been committed before. */
  async record(session: SharedTransaction, transaction: TransactionIdentity): Promise<boolean> {
    const { rowCount } = await session.query(
      `INSERT INTO ${this.table} (job, sink, incarnation, subtask, checkpoint, epoch) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      keyOf(transaction),
    );
    return rowCount === 1;
  }

  async has(session: SharedTransaction, transaction: TransactionIdentity): Promise<boolean> {
    const { rowCount } = await session.query(
      `SELECT 1 FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND subtask = $4 AND checkpoint = $5 AND epoch = $6`,
      keyOf(transaction),
    );
    return rowCount === 1;
  }

  /** Whether the proof may have been deleted: then a missing row proves nothing. */
  async mayHavePruned(session: SharedTransaction, transaction: TransactionIdentity): Promise<boolean> {
    const { rowCount } = await session.query(
      `SELECT 1 FROM ${this.table} AS pruned WHERE ${OF_SINK} AND subtask = ${PRUNED_BEFORE} AND checkpoint > $4
          AND NOT EXISTS (SELECT FROM ${this.table} WHERE ${OF_SINK} AND subtask = ${SAVEPOINT} AND checkpoint = $4) LIMIT 1`,
      [...sinkKeyOf(transaction), transaction.checkpoint],
    );
    return rowCount === 1;
  }

  /** From now on the rows of these checkpoints stay, whether they have been written yet or not. */
  async keep(
    session: SharedTransaction,
    sink: SinkIdentity,
    epoch: number,
    savepoints: readonly number[],
  ): Promise<void> {
    await session.query(
      `INSERT INTO ${this.table} (job, sink, incarnation, subtask, checkpoint, epoch)
       SELECT $1, $2, $3, ${SAVEPOINT}, unnest($4::bigint[]), $5 ON CONFLICT DO NOTHING`,
      [...sinkKeyOf(sink), savepoints, epoch],
    );
  }

  /** Deletes the rows of checkpoints before `oldest` but those of savepoints, and notes that it has. */
  async prune(session: SharedTransaction, sink: SinkIdentity, epoch: number, oldest: number): Promise<void> {
    await session.query(
      `WITH gone AS (
         DELETE FROM ${this.table} AS proof WHERE ${OF_SINK} AND checkpoint < $4::bigint AND epoch <= $5::bigint
            AND (subtask = ${PRUNED_BEFORE} OR subtask >= 0 AND NOT EXISTS (
                  SELECT FROM ${this.table} AS kept WHERE kept.job = $1 AND kept.sink = $2 AND kept.incarnation = $3
                     AND kept.subtask = ${SAVEPOINT} AND kept.checkpoint = proof.checkpoint)))
       INSERT INTO ${this.table} (job, sink, incarnation, subtask, checkpoint, epoch)
       VALUES ($1, $2, $3, ${PRUNED_BEFORE}, $4::bigint, $5::bigint) ON CONFLICT DO NOTHING`,
      [...sinkKeyOf(sink), oldest, epoch],
    );
  }
}

/** In place of a subtask: rows that prove nothing themselves, and say which proofs stay, and before which checkpoint others are gone. */
const SAVEPOINT = -1;
const PRUNED_BEFORE = -2;

const OF_SINK = 'job = $1 AND sink = $2 AND incarnation = $3';

function sinkKeyOf({ job, sink, incarnation }: SinkIdentity): readonly unknown[] {
  return [job, sink, incarnation];
}

function keyOf({ job, sink, incarnation, subtask, checkpoint, epoch }: TransactionIdentity): readonly unknown[] {
  return [job, sink, incarnation, subtask, checkpoint, epoch];
}

export function proofOf({ epoch, subtask, checkpoint }: TransactionIdentity): string {
  return `ledger row of subtask ${subtask}, checkpoint ${checkpoint}, epoch ${epoch}`;
}

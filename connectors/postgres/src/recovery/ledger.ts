import type { Session } from '../server/session.js';
import type { TransactionIdentity } from './identity.js';

/** One row for each transaction, written by that transaction itself: the proof that it was committed. */
export class Ledger {
  constructor(
    private readonly table: string,
    private readonly keptCheckpoints: number,
  ) {}

  /** False when the row is there already: then this transaction has been committed before. */
  async record(session: Session, transaction: TransactionIdentity): Promise<boolean> {
    const { rowCount } = await session.query(
      `INSERT INTO ${this.table} (job, sink, incarnation, subtask, checkpoint, epoch) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      keyOf(transaction),
    );
    return rowCount === 1;
  }

  async has(session: Session, transaction: TransactionIdentity): Promise<boolean> {
    const { rowCount } = await session.query(
      `SELECT 1 FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND subtask = $4 AND checkpoint = $5 AND epoch = $6`,
      keyOf(transaction),
    );
    return rowCount === 1;
  }

  /**
   * Whether the proof may have been deleted: the ledger of this very run, or of a later one, is further on by more checkpoints than
   * are kept. Then a missing row proves nothing.
   */
  async mayHavePruned(session: Session, transaction: TransactionIdentity): Promise<boolean> {
    const { job, sink, incarnation, subtask, checkpoint, epoch } = transaction;
    const { rowCount } = await session.query(
      `SELECT 1 FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND subtask = $4 AND checkpoint > $5 AND epoch >= $6 LIMIT 1`,
      [job, sink, incarnation, subtask, checkpoint + this.keptCheckpoints, epoch],
    );
    return rowCount === 1;
  }

  /** Deletes the rows that are further back than `keptCheckpoints` from this one; now and then, since it is a scan. */
  async prune(
    session: Session,
    { job, sink, incarnation, subtask, checkpoint, epoch }: TransactionIdentity,
  ): Promise<void> {
    if (checkpoint <= this.keptCheckpoints || checkpoint % PRUNED_EVERY !== 0) return;
    await session.query(
      `DELETE FROM ${this.table} WHERE job = $1 AND sink = $2 AND incarnation = $3 AND subtask = $4 AND checkpoint < $5 AND epoch <= $6`,
      [job, sink, incarnation, subtask, checkpoint - this.keptCheckpoints, epoch],
    );
  }
}

const PRUNED_EVERY = 64;

function keyOf({ job, sink, incarnation, subtask, checkpoint, epoch }: TransactionIdentity): readonly unknown[] {
  return [job, sink, incarnation, subtask, checkpoint, epoch];
}

export function proofOf({ epoch, subtask, checkpoint }: TransactionIdentity): string {
  return `ledger row of subtask ${subtask}, checkpoint ${checkpoint}, epoch ${epoch}`;
}

import { type CommitResult, type PluginContext, SluiceError } from '@sluice/connector-sdk';

/** A transaction as it has become visible. */
export interface CommittedTransaction<T> {
  /** Of the run that wrote it. */
  readonly epoch: number;
  /** The checkpoint that it was prepared for. */
  readonly checkpoint: number;
  /** Epoch milliseconds of the job's clock. */
  readonly at: number;
  readonly values: readonly T[];
}

interface PreparedTransaction<T> {
  readonly epoch: number;
  readonly checkpoint: number;
  readonly values: readonly T[];
}

/** Who speaks: one run of one sink. */
export type Session = Pick<PluginContext, 'job' | 'uid' | 'epoch' | 'incarnation' | 'clock'>;

/** A server with prepared transactions, a ledger of committed ones, and a fence, in memory; it outlives every run that talks to it. */
export class TransactionServer<T> {
  readonly committed: CommittedTransaction<T>[] = [];
  readonly values: T[] = [];
  private readonly prepared = new Map<string, PreparedTransaction<T>>();
  private readonly ledger = new Set<string>();
  /** The newest epoch that has recovered, for each sink of each incarnation of a job. */
  private readonly fences = new Map<string, number>();
  private transactions = 0;

  /** Transactions that are neither committed nor rolled back. */
  get pending(): number {
    return this.prepared.size;
  }

  /** Shuts runs of older epochs out, then rolls back what they left and nobody is going to commit. */
  recover(session: Session, restored: readonly string[]): void {
    this.refuseOlder(session);
    this.fences.set(ownerOf(session), session.epoch);
    for (const id of this.prepared.keys()) {
      if (id.startsWith(ownerOf(session)) && !restored.includes(id)) this.prepared.delete(id);
    }
  }

  prepare(session: Session, checkpoint: number, values: readonly T[]): string {
    this.refuseOlder(session);
    const id = `${ownerOf(session)}${session.epoch}/${++this.transactions}`;
    this.prepared.set(id, { epoch: session.epoch, checkpoint, values });
    return id;
  }

  commit(session: Session, id: string): CommitResult {
    this.refuseOlder(session);
    if (this.ledger.has(id)) return { status: 'alreadyCommitted', proof: `ledger row ${id}` };
    const transaction = this.prepared.get(id);
    if (transaction === undefined) return { status: 'failed', cause: unknownTransaction(session, id) };
    this.prepared.delete(id);
    this.ledger.add(id);
    this.committed.push({ ...transaction, at: session.clock.now() });
    for (const value of transaction.values) this.values.push(value);
    return { status: 'committed' };
  }

  private refuseOlder(session: Session): void {
    const newest = this.fences.get(ownerOf(session)) ?? 0;
    if (session.epoch >= newest) return;
    throw new SluiceError({
      code: 'SLUICE_FENCED',
      component: session.uid,
      expected: `epoch ${newest} or newer`,
      actual: `epoch ${session.epoch}`,
      remedy: 'nothing: a newer run of the job has taken over',
    });
  }
}

function ownerOf({ incarnation, job, uid }: Session): string {
  return `${incarnation}/${job}/${uid}/`;
}

function unknownTransaction(session: Session, id: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_COMMIT_FAILED',
    component: session.uid,
    expected: 'a prepared transaction, or a ledger row that proves it committed',
    actual: `no transaction ${id}`,
    remedy: 'look for what rolled it back',
  });
}

import type { AbortedTransaction } from './record.js';

/** What has to be known of a batch to tell whether a transaction that it belongs to was aborted. */
export interface TransactionalBatch {
  readonly producerId: string;
  readonly lastOffset: bigint;
  readonly inTransaction: boolean;
  readonly control: boolean;
}

const ABORT = 0;

/**
 * Which producers are inside a transaction that was aborted.
 *
 * Aborted transactions are followed batch by batch, as the Java client does. kafkajs' own filter goes record by record: it lets the
 * first records through when several aborted transactions are open where the fetch begins, and takes any record with a key of four
 * zero bytes for the end of one.
 */
export class AbortedTransactions {
  readonly #pending: { readonly producerId: string; readonly firstOffset: bigint }[];
  readonly #open = new Set<string>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0));
  }

  /** None is open, and none will be. */
  get none(): boolean {
    return this.#pending.length === 0 && this.#open.size === 0;
  }

  /**
   * Moves on to a batch. True when it belongs to an aborted transaction.
   *
   * @param firstKey The key of the first record of a control batch.
   */
  hide({ producerId, lastOffset, inTransaction, control }: TransactionalBatch, firstKey: Buffer | null): boolean {
    if (this.none) return false;
    for (let next = this.#pending[0]; next !== undefined && next.firstOffset <= lastOffset; next = this.#pending[0]) {
      this.#open.add(next.producerId);
      this.#pending.shift();
    }
    if (control) {
      if (firstKey?.readInt16BE(2) === ABORT) this.#open.delete(producerId);
      return true;
    }
    return inTransaction && this.#open.has(producerId);
  }
}

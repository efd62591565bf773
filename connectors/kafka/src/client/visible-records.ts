import type { AbortedTransaction, FetchedRecord, RawRecord, RecordBatchContext } from './record.js';

/** What of an answer a reader may see, and where to go on. */
export interface VisibleRecords {
  readonly records: readonly FetchedRecord[];
  /** The next offset to fetch: behind control records, aborted transactions and what compaction took out, not only behind `records`. */
  readonly nextOffset: bigint;
  /** Bytes of keys and values. */
  readonly bytes: number;
}

const ABORT = 0;

/**
 * Leaves out what is before `offset` (a batch comes whole), control records, and records of aborted transactions.
 *
 * Aborted transactions are followed batch by batch, as the Java client does. kafkajs' own filter goes record by record: it lets the
 * first records through when several aborted transactions are open where the fetch begins, and takes any record with a key of four
 * zero bytes for the end of one.
 */
export function visibleRecords(
  raw: readonly RawRecord[],
  offset: bigint,
  aborted: readonly AbortedTransaction[] | null | undefined,
): VisibleRecords {
  const records: FetchedRecord[] = [];
  const transactions = new AbortedTransactions(aborted ?? []);
  let bytes = 0;
  let batch: RecordBatchContext | undefined;
  let hidden = false;
  // Only records at the head can be before it.
  let before = true;
  for (const record of raw) {
    const context = record.batchContext;
    if (context !== undefined && context !== batch) {
      batch = context;
      hidden = transactions.hide(context, record) || context.isControlBatch;
    }
    if (hidden || record.isControlRecord === true) continue;
    if (before) {
      if (BigInt(record.offset) < offset) continue;
      before = false;
    }
    bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    records.push(record);
  }
  return { records, nextOffset: behind(raw.at(-1), offset), bytes };
}

function behind(last: RawRecord | undefined, offset: bigint): bigint {
  if (last === undefined) return offset;
  const { batchContext } = last;
  const end =
    batchContext === undefined
      ? BigInt(last.offset) + 1n
      : BigInt(batchContext.firstOffset) + BigInt(batchContext.lastOffsetDelta) + 1n;
  return end > offset ? end : offset;
}

/** Which producers are inside a transaction that was aborted. */
class AbortedTransactions {
  readonly #pending: { readonly producerId: string; readonly firstOffset: bigint }[];
  readonly #open = new Set<string>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0));
  }

  /** Moves on to a batch, whose first record is given. True when it belongs to an aborted transaction. */
  hide(batch: RecordBatchContext, first: RawRecord): boolean {
    if (this.#pending.length === 0 && this.#open.size === 0) return false;
    const last = BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta);
    for (let next = this.#pending[0]; next !== undefined && next.firstOffset <= last; next = this.#pending[0]) {
      this.#open.add(next.producerId);
      this.#pending.shift();
    }
    if (batch.isControlBatch) {
      if (first.key?.readInt16BE(2) === ABORT) this.#open.delete(batch.producerId);
      return true;
    }
    return batch.inTransaction && this.#open.has(batch.producerId);
  }
}

import { AbortedTransactions } from './aborted-transactions.js';
import type { AbortedTransaction, FetchedRecord, RawRecord, RecordBatchContext, VisibleRecords } from './record.js';
import { utf8Text } from './utf8-text.js';

/** Leaves out what is before `offset` (a batch comes whole), control records, and records of aborted transactions. */
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
      const { producerId, inTransaction, isControlBatch: control } = context;
      const lastOffset = lastOffsetOf(context);
      hidden = transactions.hide({ producerId, lastOffset, inTransaction, control }, record.key) || control;
    }
    if (hidden || record.isControlRecord === true) continue;
    if (before) {
      if (BigInt(record.offset) < offset) continue;
      before = false;
    }
    bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    records.push(fetched(record));
  }
  return { records, nextOffset: behind(raw.at(-1), offset), bytes };
}

function behind(last: RawRecord | undefined, offset: bigint): bigint {
  if (last === undefined) return offset;
  const { batchContext } = last;
  const end = (batchContext === undefined ? BigInt(last.offset) : lastOffsetOf(batchContext)) + 1n;
  return end > offset ? end : offset;
}

function lastOffsetOf({ firstOffset, lastOffsetDelta }: RecordBatchContext): bigint {
  return BigInt(firstOffset) + BigInt(lastOffsetDelta);
}

function fetched({ offset, timestamp, key, value, headers }: RawRecord): FetchedRecord {
  return {
    offset: BigInt(offset),
    timestamp: Number(timestamp),
    key,
    value,
    get text() {
      return value === null ? undefined : utf8Text(value, 0, value.length);
    },
    get headers() {
      return new Map(Object.keys(headers).map((name) => [name, lastOf(headers[name])]));
    },
  };
}

function lastOf(values: Buffer | readonly Buffer[] | undefined): Uint8Array {
  return (Array.isArray(values) ? values.at(-1) : values) ?? new Uint8Array();
}

import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import type { PostgresCommittable } from '../committable.js';
import type { WriterTable } from '../encode/encoded-columns.js';
import type { RowChunk } from '../encode/row-chunk.js';
import { rowEncoder } from '../encode/row-encoder.js';
import type { SinkIdentity } from '../recovery/identity.js';
import type { SinkSettings } from '../sink-settings.js';

/** Keeps an epoch's rows, encoded, until its barrier; they go into the checkpoint and from there, once it is complete, to the table. */
export function ledgerWriter<T>(
  settings: SinkSettings<T>,
  table: WriterTable<T>,
  identity: SinkIdentity,
  context: SinkContext<T>,
): TransactionalWriter<T, PostgresCommittable> {
  return {
    begin: () => ledgerTransaction(settings, table, identity, context),
    async close() {},
  };
}

function ledgerTransaction<T>(
  settings: SinkSettings<T>,
  { columns, target }: WriterTable<T>,
  identity: SinkIdentity,
  context: SinkContext<T>,
): Transaction<T, PostgresCommittable> {
  const { epoch, subtask } = context;
  let chunks: RowChunk[] = [];
  let finishedBytes = 0;
  let sealed: Promise<void> | undefined;
  let seal = () => {};

  const encoder = rowEncoder(
    settings.component,
    columns,
    settings.rowsPerStatement,
    (chunk) => {
      chunks.push(chunk);
      for (const { length } of chunk.arrays) finishedBytes += length;
    },
    (value, cause) => context.reject(value, cause),
  );

  return {
    write(value) {
      encoder.add(value);
      // Checked first without the sum over the columns: an epoch is seldom full.
      if (sealed === undefined && finishedBytes + encoder.pendingBytes >= settings.maxEpochBytes) {
        sealed = new Promise((resolve) => {
          seal = resolve;
        });
        context.requestCheckpoint();
      }
      return sealed;
    },
    async prepare(checkpoint) {
      encoder.finish();
      seal();
      if (chunks.length === 0) return [];
      return [{ kind: 'buffered', transaction: { ...identity, epoch, subtask, checkpoint }, target, chunks }];
    },
    async abort() {
      encoder.finish();
      chunks = [];
      seal();
    },
  };
}

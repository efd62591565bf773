import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import type { PostgresCommittable } from '../committable.js';
import type { Doubt } from '../encode/doubt.js';
import type { WriterTable } from '../encode/encoded-columns.js';
import type { RowChunk } from '../encode/row-chunk.js';
import { rowEncoder } from '../encode/row-encoder.js';
import { withoutRows } from '../encode/without-rows.js';
import type { SinkIdentity } from '../recovery/identity.js';
import { refusedRows } from '../rows/refused-rows.js';
import type { TrialParts } from '../rows/text-trial.js';
import type { Sessions } from '../server/sessions.js';
import type { SinkSettings } from '../sink-settings.js';

/**
 * Keeps an epoch's rows, encoded, until its barrier; they go into the checkpoint and from there, once it is complete, to the table.
 * `sessions` are used only when there are texts that the server has to read first.
 */
export function ledgerWriter<T>(
  settings: SinkSettings<T>,
  table: WriterTable<T>,
  identity: SinkIdentity,
  sessions: Sessions,
  context: SinkContext<T>,
): TransactionalWriter<T, PostgresCommittable> {
  const { component } = settings;
  const { clock, signal } = context;
  const columns = table.columns.map(({ column }) => column);
  const trial = { component, table: table.target.table, columns, sessions, clock, signal };
  return {
    begin: () => ledgerTransaction(settings, table, identity, trial, context),
    close: () => sessions.close(),
  };
}

function ledgerTransaction<T>(
  settings: SinkSettings<T>,
  { columns, target }: WriterTable<T>,
  identity: SinkIdentity,
  trial: TrialParts,
  context: SinkContext<T>,
): Transaction<T, PostgresCommittable> {
  const { epoch, subtask } = context;
  let chunks: RowChunk[] = [];
  let doubts: Doubt<T>[] = [];
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
    (doubt) => {
      doubts.push(doubt);
      finishedBytes += doubt.text.length;
    },
  );

  async function rejectRefused(): Promise<void> {
    const gone = await refusedRows(trial, doubts, (value, cause) => context.reject(value, cause));
    for (const [i, rows] of gone) chunks[i] = withoutRows(chunks[i] as RowChunk, rows);
    if (gone.size > 0) chunks = chunks.filter(({ rows }) => rows > 0);
  }

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
      if (doubts.length > 0) await rejectRefused();
      if (chunks.length === 0) return [];
      return [{ kind: 'buffered', transaction: { ...identity, epoch, subtask, checkpoint }, target, chunks }];
    },
    async abort() {
      encoder.finish();
      chunks = [];
      doubts = [];
      seal();
    },
  };
}

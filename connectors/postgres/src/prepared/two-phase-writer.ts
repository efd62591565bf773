import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import type { PostgresCommittable } from '../committable.js';
import type { Doubt } from '../encode/doubt.js';
import type { WriterTable } from '../encode/encoded-columns.js';
import type { RowChunk } from '../encode/row-chunk.js';
import { rowEncoder } from '../encode/row-encoder.js';
import { withoutRows } from '../encode/without-rows.js';
import { gidOf } from '../recovery/gid.js';
import type { SinkIdentity, TransactionIdentity } from '../recovery/identity.js';
import { refusedRows } from '../rows/refused-rows.js';
import type { TrialParts } from '../rows/text-trial.js';
import type { SinkSettings } from '../sink-settings.js';
import { type EpochParts, EpochTransaction } from './epoch-transaction.js';

export interface TwoPhaseParts<T> extends EpochParts {
  readonly settings: SinkSettings<T>;
  readonly table: WriterTable<T>;
  readonly identity: SinkIdentity;
}

/** Inserts an epoch's rows as they come, in a transaction that is prepared at the barrier; from then on the server keeps it. */
export function twoPhaseWriter<T>(
  parts: TwoPhaseParts<T>,
  context: SinkContext<T>,
): TransactionalWriter<T, PostgresCommittable> {
  const { settings, table, sessions } = parts;
  const { clock, signal } = context;
  const columns = table.columns.map(({ column }) => column);
  const trial = { component: settings.component, table: table.target.table, columns, sessions, clock, signal };
  return {
    begin: () => twoPhaseTransaction(parts, trial, context),
    close: () => parts.sessions.close(),
  };
}

function twoPhaseTransaction<T>(
  parts: TwoPhaseParts<T>,
  trial: TrialParts,
  context: SinkContext<T>,
): Transaction<T, PostgresCommittable> {
  const { settings, table, identity } = parts;
  const { epoch, subtask } = context;
  const server = new EpochTransaction(parts, table.target);
  const reject = (value: T, cause: unknown): void => context.reject(value, cause);
  let rows = 0;
  let doubts: Doubt<T>[] = [];

  async function accepted(chunk: RowChunk, own: readonly Doubt<T>[]): Promise<RowChunk> {
    const [gone] = (await refusedRows(trial, own, reject)).values();
    return gone === undefined ? chunk : withoutRows(chunk, gone);
  }

  const encoder = rowEncoder(
    settings.component,
    table.columns,
    settings.rowsPerStatement,
    (chunk) => {
      const own = doubts;
      doubts = [];
      server.insert(chunk, own.length === 0 ? undefined : () => accepted(chunk, own));
    },
    reject,
    (doubt) => doubts.push(doubt),
  );

  return {
    write(value) {
      if (encoder.add(value)) rows++;
      return server.pressure;
    },
    async prepare(checkpoint) {
      encoder.finish();
      // An empty transaction would take one of the server's few slots as well.
      if (rows === 0) return [];
      const transaction: TransactionIdentity = { ...identity, epoch, subtask, checkpoint };
      const gid = gidOf(settings.prefix, transaction);
      await server.prepare(transaction, gid);
      return [{ kind: 'prepared', transaction, gid }];
    },
    abort: () => server.abort(),
  };
}

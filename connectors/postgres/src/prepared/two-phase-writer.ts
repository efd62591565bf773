import type { SinkContext, Transaction, TransactionalWriter } from '@sluice/connector-sdk';
import type { PostgresCommittable } from '../committable.js';
import type { WriterTable } from '../encode/encoded-columns.js';
import { rowEncoder } from '../encode/row-encoder.js';
import { gidOf } from '../recovery/gid.js';
import type { SinkIdentity, TransactionIdentity } from '../recovery/identity.js';
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
  return {
    begin: () => twoPhaseTransaction(parts, context),
    close: () => parts.sessions.close(),
  };
}

function twoPhaseTransaction<T>(parts: TwoPhaseParts<T>, context: SinkContext<T>): Transaction<T, PostgresCommittable> {
  const { settings, table, identity } = parts;
  const { epoch, subtask } = context;
  const server = new EpochTransaction(parts, table.target);
  let rows = 0;
  const encoder = rowEncoder(
    settings.component,
    table.columns,
    settings.rowsPerStatement,
    (chunk) => server.insert(chunk),
    (value, cause) => context.reject(value, cause),
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

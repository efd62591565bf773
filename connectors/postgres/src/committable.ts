import type { RowChunk } from './encode/row-chunk.js';
import type { TransactionIdentity } from './recovery/identity.js';
import type { QualifiedName } from './server/identifier.js';

/** What a checkpoint keeps of one epoch of the sink. Either mode's committer commits either kind, so that the mode can be changed. */
export type PostgresCommittable = PreparedEpoch | BufferedEpoch;

/** `two-phase`: the rows are in the server, in a prepared transaction. */
export interface PreparedEpoch {
  readonly kind: 'prepared';
  readonly transaction: TransactionIdentity;
  readonly gid: string;
}

/** `ledger`: the rows are here. */
export interface BufferedEpoch {
  readonly kind: 'buffered';
  readonly transaction: TransactionIdentity;
  readonly target: RowTarget;
  readonly chunks: readonly RowChunk[];
}

/** Where rows go: enough to write them when the sink that encoded them has since been configured otherwise. */
export interface RowTarget {
  readonly table: QualifiedName;
  readonly columns: readonly TargetColumn[];
  readonly upsertOn: readonly string[];
}

export interface TargetColumn {
  readonly name: string;
  readonly type: readonly [schema: string, name: string];
}

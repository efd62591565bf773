import type { Duration } from '@sluice/connector-sdk';

/** How `postgresSink` writes. */
export interface PostgresSinkOptions<T> {
  /** `postgres://user:password@host:port/database`. It never appears in an error, a log or a checkpoint. */
  readonly connectionString: string;
  /** `table` or `schema.table`, literally as the catalog spells it; a part with a dot in it goes into double quotes. */
  readonly table: string;
  /** What goes into each column. `undefined` and `null` are NULL. */
  readonly columns: { readonly [column: string]: (value: T) => unknown };
  /**
   * `'ledger'` (default): the rows of an epoch travel in the checkpoint and are written, with a ledger row, in one ordinary transaction
   * when it is complete. Needs no setting of the server. `'two-phase'`: rows are inserted as they come and prepared at the barrier
   * (PREPARE TRANSACTION): for large epochs; inserts only.
   */
  readonly transactional?: 'ledger' | 'two-phase';
  /** The columns of a unique index: a row whose key is there already replaces the other columns written. Only in `'ledger'` mode. */
  readonly upsertOn?: readonly string[];
  /** Where the tables `sluice_fence` and `sluice_ledger` are, made when they are not there. Default: the connection's current schema. */
  readonly schema?: string;
  /** Beginning of the identifiers of prepared transactions: 1 to 32 small letters, digits, hyphens. Default `sluice`. */
  readonly prefix?: string;
  /** Bytes of encoded rows at which an epoch asks for a checkpoint and is full until then; `'ledger'` mode. Default 64 MiB. */
  readonly maxEpochBytes?: number;
  /** Rows in one statement at most. Default 16,384; a statement ends at 1 MiB in any case. */
  readonly rowsPerStatement?: number;
  /** How long a statement waits for a lock before it is tried again later. Default 10 s. */
  readonly lockTimeout?: Duration;
  /** How long a login may take. Default 10 s. */
  readonly connectTimeout?: Duration;
  /** How long the server may leave any statement unanswered, until the connection is given up. Default 2 min. */
  readonly statementTimeout?: Duration;
}

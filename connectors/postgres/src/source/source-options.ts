import type { Duration } from '@sluice/connector-sdk';

/** A row as it was read: see `postgresSource` for what becomes of each type. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** What `postgresSource` reads, and how. */
export interface PostgresSourceOptions<T> {
  /** `postgres://user:password@host:port/database`. It never appears in an error, a log or a checkpoint. */
  readonly connectionString: string;
  /** `table` or `schema.table`, literally as the catalog spells it; a part with a dot in it goes into double quotes. This or `query`. */
  readonly table?: string;
  /** A SELECT, whose result has the columns of `key`. It is part of your program: never make it of somebody's input. This or `table`. */
  readonly query?: string;
  /** The columns whose values, together, no two rows share and none lacks: rows are read in their order. */
  readonly key: string | readonly string[];
  /** The columns that are read. Default: all. */
  readonly columns?: readonly string[];
  /** Rows of one statement, and so of one batch. Default 5,000. */
  readonly chunkRows?: number;
  /** Ranges of keys that are read side by side. Default 1. Fixed for the life of a job's checkpoints. */
  readonly splits?: number;
  /** What becomes of a row. Default: the row itself. */
  readonly value?: (row: PostgresRow) => T;
  /**
   * `'none'` (default): each statement sees the table as it is then. `'exported'`: one run sees it as it was when the run began, all
   * ranges alike; a restart takes another snapshot. The server cannot clean up what is deleted meanwhile.
   */
  readonly snapshot?: 'none' | 'exported';
  /** How long a login may take. Default 10 s. */
  readonly connectTimeout?: Duration;
  /** How long the server may leave any statement unanswered, until the connection is given up. Default 10 min. */
  readonly statementTimeout?: Duration;
}

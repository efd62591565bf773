import type { RowTarget } from '../committable.js';
import type { RowChunk } from '../encode/row-chunk.js';
import { quote, quoteName } from '../server/identifier.js';
import type { SharedTransaction } from '../server/resource.js';
import { copyBytes, isCopyable } from './copy-format.js';
import { insertStatement } from './insert-statement.js';

/** Below so many rows COPY gains nothing over one INSERT. */
const LEAST_COPIED = 256;

/**
 * Writes the rows of one transaction. The first chunk is inserted, and so is every one that is small, upserted, or has a column without a
 * binary form; the others are copied, which costs the server up to half as much.
 *
 * COPY trusts that bytes are of the column's type, and leaves out rules and row security. So the table is looked at first, when the INSERT
 * has locked it: it cannot be changed before the transaction ends.
 */
export class RowWriter {
  #inserted = false;
  #takesCopies: Promise<boolean> | undefined;

  constructor(
    private readonly session: SharedTransaction,
    private readonly target: RowTarget,
  ) {}

  async write(chunk: RowChunk): Promise<void> {
    const { session, target } = this;
    if (this.#inserted && chunk.rows >= LEAST_COPIED && target.upsertOn.length === 0 && isCopyable(target, chunk)) {
      this.#takesCopies ??= takesCopies(session, target);
      if (await this.#takesCopies) return copy(session, target, chunk);
    }
    // Nothing is named or prepared in the session, so this works through poolers that change it between transactions.
    await session.query(insertStatement(target, chunk.modes), chunk.arrays);
    this.#inserted = true;
  }
}

async function copy(session: SharedTransaction, target: RowTarget, chunk: RowChunk): Promise<void> {
  const columns = target.columns.map(({ name }) => quote(name)).join(', ');
  await session.copyIn(
    `COPY ${quoteName(target.table)} (${columns}) FROM STDIN (FORMAT binary)`,
    copyBytes(target, chunk),
    target.columns.map(({ name }) => name),
  );
}

/** A table, not a view; of the very types that the rows were encoded for; with nothing that COPY would pass over. */
async function takesCopies(session: SharedTransaction, { table, columns }: RowTarget): Promise<boolean> {
  const { rows } = await session.query<{ plain: boolean; name: string; schema: string; type: string }>(
    `SELECT c.relkind IN ('r', 'p') AND NOT row_security_active(c.oid)
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid AND w.ev_type = '3') AS plain,
            a.attname AS name, n.nspname AS schema, t.typname AS type
       FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE c.oid = $1::regclass`,
    [quoteName(table)],
  );
  return columns.every(({ name, type }) =>
    rows.some((row) => row.plain && row.name === name && row.schema === type[0] && row.type === type[1]),
  );
}

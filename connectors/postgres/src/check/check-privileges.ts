import { SluiceError } from '@sluice/connector-sdk';
import type { Bookkeeping } from '../recovery/bookkeeping.js';
import type { TableDescription } from '../server/column-type.js';
import { quote, quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import type { SinkSettings } from '../sink-settings.js';

/** @throws SLUICE_POSTGRES_PRIVILEGE, with the GRANT that is missing. */
export async function checkPrivileges<T>(
  session: Session,
  settings: SinkSettings<T>,
  description: TableDescription,
  books: Bookkeeping,
): Promise<void> {
  const table = quoteName([description.schema, description.name]);
  const all = settings.columns.map(({ name }) => name);
  await checkColumns(session, settings.component, table, 'INSERT', all);
  if (settings.upsertOn.length > 0) {
    // What ON CONFLICT compares and what EXCLUDED names counts as read.
    await checkColumns(session, settings.component, table, 'SELECT', all);
    const replaced = all.filter((name) => !settings.upsertOn.includes(name));
    await checkColumns(session, settings.component, table, 'UPDATE', replaced);
  }
  for (const book of [books.fence, books.ledger]) {
    for (const privilege of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) {
      const { rows } = await session.query<{ granted: boolean }>('SELECT has_table_privilege($1, $2) AS granted', [
        book,
        privilege,
      ]);
      if (!rows[0]?.granted) throw await missing(session, settings.component, privilege, book, []);
    }
  }
}

/** A schema that may not be used hides what is in it. One that is not there is somebody else's error. @throws SLUICE_POSTGRES_PRIVILEGE */
export async function checkSchema(session: Session, component: string, schema: string | undefined): Promise<void> {
  const { rows } = await session.query(
    `SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1 AND NOT has_schema_privilege(oid, 'USAGE')`,
    [schema ?? ''],
  );
  if (rows.length > 0) throw await missing(session, component, 'USAGE', `SCHEMA ${quote(schema ?? '')}`, []);
}

/** @throws SLUICE_POSTGRES_PRIVILEGE, with the GRANT that is missing. */
export async function checkColumns(
  session: Session,
  component: string,
  table: string,
  privilege: 'INSERT' | 'SELECT' | 'UPDATE',
  columns: readonly string[],
): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    'SELECT name FROM unnest($2::text[]) AS c(name) WHERE NOT has_column_privilege($1, name, $3)',
    [table, columns, privilege],
  );
  if (rows.length > 0) {
    const names = rows.map(({ name }) => name);
    throw await missing(session, component, privilege, table, names.length === columns.length ? [] : names);
  }
}

async function missing(
  session: Session,
  component: string,
  privilege: string,
  table: string,
  columns: readonly string[],
): Promise<SluiceError> {
  const { rows } = await session.query<{ role: string }>('SELECT current_user AS role');
  const role = rows[0]?.role ?? '';
  const where = columns.length === 0 ? '' : ` (${columns.map(quote).join(', ')})`;
  return new SluiceError({
    code: 'SLUICE_POSTGRES_PRIVILEGE',
    component,
    expected: `role ${JSON.stringify(role)} to have ${privilege}${where} on ${table}`,
    actual: 'no such privilege',
    remedy: `run \`GRANT ${privilege}${where} ON ${table} TO ${quote(role)}\``,
  });
}

import { SluiceError } from '@sluice/connector-sdk';
import type { RowTarget } from '../committable.js';
import type { TableDescription } from '../server/column-type.js';
import { describeTable } from '../server/describe-table.js';
import { quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import type { SinkSettings } from '../sink-settings.js';
import type { EncodedColumn } from './row-encoder.js';
import { vouchFor } from './vouched-text.js';

/** What a writer needs to know of its table. */
export interface WriterTable<T> {
  readonly columns: readonly EncodedColumn<T>[];
  readonly target: RowTarget;
}

/** @throws SLUICE_POSTGRES_TABLE, SLUICE_POSTGRES_COLUMN */
export async function writerTable<T>(session: Session, settings: SinkSettings<T>): Promise<WriterTable<T>> {
  const description = await describeTable(session, settings.table);
  if (!description) throw noTable(settings);
  const { rows } = await session.query<{ any_character: boolean }>(
    `SELECT current_setting('server_encoding') IN ('UTF8', 'SQL_ASCII') AS any_character`,
  );
  const anyCharacter = rows[0]?.any_character === true;
  const columns = settings.columns.map((wanted) => {
    const column = description.columns.find(({ name }) => name === wanted.name);
    if (!column) throw noColumn(settings, description, wanted.name);
    const required = column.notNull || settings.upsertOn.includes(wanted.name);
    return { ...wanted, column, required, vouch: vouchFor(column, anyCharacter) };
  });
  const target = {
    table: [description.schema, description.name],
    columns: columns.map(({ name, column }) => ({ name, type: column.type })),
    upsertOn: settings.upsertOn,
  };
  return { columns, target };
}

export function noTable({ component, table }: Pick<SinkSettings<never>, 'component' | 'table'>): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_TABLE',
    component,
    expected: `a table ${quoteName(table)}`,
    actual: 'none of that name in this database, as far as this role can see',
    remedy: 'create it, or correct `table`: names are taken literally, capitals included',
  });
}

export function noColumn(
  { component, table }: Pick<SinkSettings<never>, 'component' | 'table'>,
  found: TableDescription,
  column: string,
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_COLUMN',
    component,
    expected: `a column ${JSON.stringify(column)} in ${quoteName(table)}`,
    actual: `the columns ${found.columns.map(({ name }) => name).join(', ')}`,
    remedy: 'add it to the table, or correct `columns`: names are taken literally, capitals included',
  });
}

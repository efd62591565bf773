import { SluiceError } from '@sluice/connector-sdk';
import { checkColumns, checkSchema } from '../check/check-privileges.js';
import { noColumn, noTable } from '../encode/encoded-columns.js';
import { describeTable } from '../server/describe-table.js';
import { failureOf } from '../server/failure.js';
import { type QualifiedName, quote, quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import { fromClause, type KeyColumn, type SourceRelation } from './source-relation.js';
import type { SourceSettings } from './source-settings.js';

/**
 * Everything that can be known before the first row, each with its remedy.
 *
 * @throws SLUICE_POSTGRES_TABLE, _COLUMN, _PRIVILEGE, _KEY, _STATEMENT
 */
export async function checkSource(session: Session, settings: SourceSettings<never>): Promise<SourceRelation> {
  const { relation } = settings;
  const known =
    relation.kind === 'table'
      ? await checkTable(session, settings, relation.table)
      : { unique: false, bytewise: true, rows: undefined };
  const key = await keyColumns(session, settings);
  await refuseNulls(session, settings);
  return { ...known, key };
}

async function checkTable(
  session: Session,
  settings: SourceSettings<never>,
  table: QualifiedName,
): Promise<Omit<SourceRelation, 'key'>> {
  const { component, key, columns } = settings;
  await checkSchema(session, component, table.length > 1 ? table[0] : undefined);
  const description = await describeTable(session, table);
  if (!description) throw noTable({ component, table });
  for (const name of [...key, ...(columns ?? [])]) {
    if (!description.columns.some((column) => column.name === name))
      throw noColumn({ component, table }, description, name);
  }
  const read = columns === undefined ? description.columns.map(({ name }) => name) : [...new Set([...key, ...columns])];
  await checkColumns(session, component, quoteName([description.schema, description.name]), 'SELECT', read);
  const isTable = description.kind === 'r' || description.kind === 'p';
  const unique = description.uniqueKeys.some((columnsOfIndex) => columnsOfIndex.every((name) => key.includes(name)));
  if (isTable && !unique) throw notUnique(component, key, quoteName(table));
  const indexed = description.uniqueKeys.some((columnsOfIndex) => sameOrder(columnsOfIndex, key));
  const { rows } = await session.query<{ rows: number }>(
    `SELECT sum(greatest(c.reltuples, 0))::float8 AS rows FROM pg_catalog.pg_class c
      WHERE c.oid = $1::regclass OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree($1::regclass) WHERE isleaf)`,
    [quoteName(table)],
  );
  return { unique, bytewise: !indexed, rows: rows[0]?.rows || undefined };
}

function sameOrder(columns: readonly string[], key: readonly string[]): boolean {
  return columns.length <= key.length && columns.every((name, i) => name === key[i]);
}

/** What the server itself says of the key's columns: it plans the statement and runs none of it. */
async function keyColumns(session: Session, settings: SourceSettings<never>): Promise<readonly KeyColumn[]> {
  const { component, key, columns } = settings;
  const wanted = [...new Set([...key, ...(columns ?? [])])].map((name) => `q.${quote(name)}`).join(', ');
  try {
    await session.query(
      `EXPLAIN SELECT ${wanted} FROM ${fromClause(settings)} ORDER BY ${key.map((name) => `q.${quote(name)}`).join(', ')}`,
    );
    const described = key.map((name) => `pg_typeof(q.${quote(name)})::oid::int8::text`);
    const { rows } = await session.query<{ types: string[] }>(
      `SELECT ARRAY[${described.join(', ')}] AS types FROM (SELECT 1) AS one LEFT JOIN LATERAL (SELECT ${key.map((name) => `q.${quote(name)}`).join(', ')} FROM ${fromClause(settings)} LIMIT 0) AS q ON true`,
    );
    const oids = rows[0]?.types ?? [];
    const { rows: types } = await session.query<{ oid: string; name: string; collatable: boolean }>(
      `SELECT t.oid::int8::text AS oid, quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS name, t.typcollation <> 0 AS collatable
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = ANY ($1::oid[])`,
      [oids],
    );
    return key.map((name, i) => {
      const type = types.find(({ oid }) => oid === oids[i]);
      return { name, type: type?.name ?? 'text', collatable: type?.collatable ?? false };
    });
  } catch (error) {
    throw refusedStatement(component, error);
  }
}

/** No NULL is before or after another value, so such a row would never be reached. @throws SLUICE_POSTGRES_KEY */
export async function refuseNulls(session: Session, settings: SourceSettings<never>): Promise<void> {
  const { component, key } = settings;
  const isNull = key.map((name) => `q.${quote(name)} IS NULL`).join(' OR ');
  const { rows } = await session.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM ${fromClause(settings)} WHERE ${isNull}) AS found`,
  );
  if (rows[0]?.found) throw keyError(component, key, 'NULL in one of its rows');
}

export function repeatedKey(component: string, key: readonly string[]): SluiceError {
  return keyError(component, key, 'two rows with the same one');
}

function keyError(component: string, key: readonly string[], actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_KEY',
    component,
    expected: `(${key.join(', ')}) to tell every row from every other`,
    actual,
    remedy: 'name columns in `key` that are unique together and never NULL, or leave such rows out by a `query`',
  });
}

function notUnique(component: string, key: readonly string[], table: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_KEY',
    component,
    expected: `a primary key or a unique index of ${table} on (${key.join(', ')}), or on some of them`,
    actual: 'none: rows with the same key could be lost between two statements',
    remedy: `name the columns of the primary key in \`key\`, or run \`CREATE UNIQUE INDEX ON ${table} (${key.map(quote).join(', ')})\``,
  });
}

const CODES: Readonly<Record<string, readonly [code: `SLUICE_${string}`, remedy: string]>> = {
  '42P01': ['SLUICE_POSTGRES_TABLE', 'create the table, or correct `query`'],
  '42703': [
    'SLUICE_POSTGRES_COLUMN',
    'correct the names of columns in `query`, `key` and `columns`; they are taken literally',
  ],
  '42501': ['SLUICE_POSTGRES_PRIVILEGE', 'GRANT SELECT on what `query` reads to the role of the connection string'],
  '42883': ['SLUICE_POSTGRES_KEY', 'name columns in `key` that the server can put in order'],
};

/** What the server has against the user's own statement. */
function refusedStatement(component: string, error: unknown): unknown {
  if (SluiceError.isInstance(error)) return error;
  const failure = failureOf(error);
  const known = CODES[failure.code];
  if (known === undefined) return failure;
  const [code, remedy] = known;
  return new SluiceError({
    code,
    component,
    expected: 'a statement that the server accepts',
    actual: failure.message,
    remedy,
    cause: failure,
  });
}

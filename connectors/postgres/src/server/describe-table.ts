import type { TableColumn, TableDescription } from './column-type.js';
import { type QualifiedName, quoteName } from './identifier.js';
import type { Session } from './session.js';

/** Undefined when there is no such table, or its schema may not be used. */
export async function describeTable(session: Session, table: QualifiedName): Promise<TableDescription | undefined> {
  const found = await session.query<{ oid: string; schema: string; name: string; kind: string }>(
    `SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = pg_catalog.to_regclass($1)`,
    [quoteName(table)],
  );
  const row = found.rows[0];
  if (!row) return undefined;
  return {
    schema: row.schema,
    name: row.name,
    kind: row.kind,
    columns: await columnsOf(session, row.oid),
    uniqueKeys: await uniqueKeysOf(session, row.oid),
  };
}

interface ColumnRow {
  readonly name: string;
  readonly type_schema: string;
  readonly type_name: string;
  readonly kind: string;
  readonly category: string;
  readonly type_modifier: number;
  readonly labels: readonly string[] | null;
  readonly input_schema: string;
  readonly input_name: string;
  readonly input_arguments: number;
  readonly input_about: string;
  readonly not_null: boolean;
  readonly has_default: boolean;
  readonly generated: boolean;
}

async function columnsOf(session: Session, table: string): Promise<readonly TableColumn[]> {
  const { rows } = await session.query<ColumnRow>(
    `SELECT a.attname AS name, n.nspname AS type_schema, t.typname AS type_name, t.typtype AS kind, t.typcategory AS category,
            a.atttypmod AS type_modifier,
            (SELECT array_agg(e.enumlabel::text) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS labels,
            fn.nspname AS input_schema, f.proname AS input_name, f.pronargs::int AS input_arguments,
            CASE WHEN t.typtype <> 'd' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END::int8::text AS input_about,
            a.attnotnull AS not_null, a.atthasdef OR a.attidentity <> '' AS has_default,
            a.attgenerated <> '' OR a.attidentity = 'a' AS generated
       FROM pg_catalog.pg_attribute a
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_catalog.pg_proc f ON f.oid = t.typinput
       JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum`,
    [table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: [row.type_schema, row.type_name],
    kind: row.kind,
    isArray: row.category === 'A',
    maxLength: hasLength(row) ? row.type_modifier - 4 : undefined,
    typeModifier: row.type_modifier < 0 ? undefined : row.type_modifier,
    labels: row.labels ?? undefined,
    input: {
      name: [row.input_schema, row.input_name],
      more: [Number(row.input_about), row.type_modifier].slice(0, row.input_arguments - 1),
    },
    notNull: row.not_null,
    hasDefault: row.has_default,
    generated: row.generated,
  }));
}

/** The modifier of these two types is their length, and four more. */
function hasLength(row: ColumnRow): boolean {
  return row.type_schema === 'pg_catalog' && ['varchar', 'bpchar'].includes(row.type_name) && row.type_modifier >= 4;
}

/** Partial, deferrable and unfinished indexes, and those on expressions, cannot decide a conflict on columns. */
async function uniqueKeysOf(session: Session, table: string): Promise<readonly (readonly string[])[]> {
  const { rows } = await session.query<{ columns: string[] }>(
    `SELECT array_agg(a.attname::text ORDER BY k.place) AS columns
       FROM pg_catalog.pg_index i
       CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = $1::oid AND i.indisunique AND i.indimmediate AND i.indisvalid
        AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
      GROUP BY i.indexrelid`,
    [table],
  );
  return rows.map((row) => row.columns);
}

import { option } from '../option.js';
import { checkedConnectionString } from '../server/connection-string.js';
import { isIdentifier, parseName, type QualifiedName } from '../server/identifier.js';
import type { PostgresRow, PostgresSourceOptions } from './source-options.js';

/** What is read: one of two. */
export type Relation =
  | { readonly kind: 'table'; readonly table: QualifiedName }
  | { readonly kind: 'query'; readonly query: string };

/** The options, checked and with their defaults. */
export interface SourceSettings<T> {
  readonly component: string;
  readonly connectionString: string;
  readonly relation: Relation;
  readonly key: readonly string[];
  readonly columns: readonly string[] | undefined;
  readonly chunkRows: number;
  readonly splits: number;
  readonly value: (row: PostgresRow) => T;
  readonly snapshot: 'none' | 'exported';
  readonly connectTimeout: number;
  readonly statementTimeout: number;
}

const COMPONENT = 'postgresSource';
const MOST_ROWS = 1_000_000;
const MOST_SPLITS = 1_000;

/** @throws SLUICE_POSTGRES_OPTIONS */
export function sourceSettings<T>(options: PostgresSourceOptions<T>): SourceSettings<T> {
  option.object(COMPONENT, 'options', options);
  const { snapshot = 'none', value = (row: PostgresRow) => row as T, columns } = options;
  if (snapshot !== 'none' && snapshot !== 'exported')
    throw option.refusal(COMPONENT, 'snapshot', "'none' or 'exported'", typeof snapshot);
  return {
    component: COMPONENT,
    connectionString: checkedConnectionString(COMPONENT, options.connectionString),
    relation: relationOf(options),
    key: names('key', typeof options.key === 'string' ? [options.key] : options.key),
    columns: columns === undefined ? undefined : names('columns', columns),
    chunkRows: option.wholeNumber(COMPONENT, 'chunkRows', options.chunkRows ?? 5_000, 1, MOST_ROWS),
    splits: option.wholeNumber(COMPONENT, 'splits', options.splits ?? 1, 1, MOST_SPLITS),
    value: option.callback(COMPONENT, 'value', value),
    snapshot,
    connectTimeout: option.duration(COMPONENT, 'connectTimeout', options.connectTimeout ?? '10s', 1),
    statementTimeout: option.duration(COMPONENT, 'statementTimeout', options.statementTimeout ?? '10m', 1),
  };
}

function relationOf<T>({ table, query }: PostgresSourceOptions<T>): Relation {
  if ((table === undefined) === (query === undefined))
    throw option.refusal(
      COMPONENT,
      'table',
      'given, or `query` in its place',
      table === undefined ? 'neither' : 'both',
    );
  if (table !== undefined) {
    const name = typeof table === 'string' ? parseName(table) : undefined;
    if (name === undefined)
      throw option.refusal(COMPONENT, 'table', '`table` or `schema.table`, parts of at most 63 bytes', typeof table);
    return { kind: 'table', table: name };
  }
  const text = typeof query === 'string' ? query.trim().replace(/;$/, '').trim() : '';
  if (text === '') throw option.refusal(COMPONENT, 'query', 'a SELECT statement', typeof query);
  return { kind: 'query', query: text };
}

function names(name: string, list: readonly string[]): readonly string[] {
  if (!Array.isArray(list) || list.length === 0)
    throw option.refusal(COMPONENT, name, 'at least one column', typeof list);
  for (const column of list) {
    if (typeof column !== 'string' || !isIdentifier(column))
      throw option.refusal(COMPONENT, name, 'column names of 1 to 63 bytes', 'one that is none');
  }
  if (new Set(list).size < list.length) throw option.refusal(COMPONENT, name, 'each column once', 'one of them twice');
  return [...list];
}

import { milliseconds, SluiceError } from '@sluice/connector-sdk';
import { wrongConnectionString } from '../server/connection-string.js';
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
  if (typeof options !== 'object' || options === null) throw bad('options', 'an object', typeof options);
  const { connectionString, snapshot = 'none', value = (row: PostgresRow) => row as T, columns } = options;
  const wrong = wrongConnectionString(connectionString);
  if (wrong !== undefined) throw bad('connectionString', wrong.expected, wrong.actual);
  if (snapshot !== 'none' && snapshot !== 'exported') throw bad('snapshot', "'none' or 'exported'", typeof snapshot);
  if (typeof value !== 'function') throw bad('value', 'a function of a row', typeof value);
  return {
    component: COMPONENT,
    connectionString,
    relation: relationOf(options),
    key: names('key', typeof options.key === 'string' ? [options.key] : options.key),
    columns: columns === undefined ? undefined : names('columns', columns),
    chunkRows: wholeNumber('chunkRows', options.chunkRows ?? 5_000, MOST_ROWS),
    splits: wholeNumber('splits', options.splits ?? 1, MOST_SPLITS),
    value,
    snapshot,
    connectTimeout: wholeNumber('connectTimeout', milliseconds(options.connectTimeout ?? '10s'), 0x7fff_ffff),
    statementTimeout: wholeNumber('statementTimeout', milliseconds(options.statementTimeout ?? '10m'), 0x7fff_ffff),
  };
}

function relationOf<T>({ table, query }: PostgresSourceOptions<T>): Relation {
  if ((table === undefined) === (query === undefined))
    throw bad('table', 'given, or `query` in its place', table === undefined ? 'neither' : 'both');
  if (table !== undefined) {
    const name = typeof table === 'string' ? parseName(table) : undefined;
    if (name === undefined) throw bad('table', '`table` or `schema.table`, parts of at most 63 bytes', typeof table);
    return { kind: 'table', table: name };
  }
  const text = typeof query === 'string' ? query.trim().replace(/;$/, '').trim() : '';
  if (text === '') throw bad('query', 'a SELECT statement', typeof query);
  return { kind: 'query', query: text };
}

function names(option: string, list: readonly string[]): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) throw bad(option, 'at least one column', typeof list);
  for (const name of list) {
    if (typeof name !== 'string' || !isIdentifier(name))
      throw bad(option, 'column names of 1 to 63 bytes', 'one that is none');
  }
  if (new Set(list).size < list.length) throw bad(option, 'each column once', 'one of them twice');
  return [...list];
}

function wholeNumber(option: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw bad(option, `a whole number from 1 to ${most}`, String(value));
}

function bad(option: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_OPTIONS',
    component: COMPONENT,
    expected: `option \`${option}\` to be ${expected}`,
    actual,
    remedy: `correct \`${option}\``,
  });
}

import { milliseconds, SluiceError } from '@sluice/connector-sdk';
import { wrongConnectionString } from './server/connection-string.js';
import { isIdentifier, parseName, type QualifiedName } from './server/identifier.js';
import type { PostgresSinkOptions } from './sink-options.js';

/** The options, checked and with their defaults. */
export interface SinkSettings<T> {
  readonly component: string;
  readonly connectionString: string;
  readonly table: QualifiedName;
  readonly columns: readonly SinkColumn<T>[];
  readonly mode: 'ledger' | 'two-phase';
  readonly upsertOn: readonly string[];
  readonly schema: string | undefined;
  readonly prefix: string;
  readonly maxEpochBytes: number;
  readonly rowsPerStatement: number;
  readonly lockTimeout: number;
  readonly connectTimeout: number;
  readonly statementTimeout: number;
}

export interface SinkColumn<T> {
  readonly name: string;
  readonly project: (value: T) => unknown;
}

const COMPONENT = 'postgresSink';
// The protocol numbers the parameters of a statement, and Postgres the columns of a table, in 16 bits and less.
const MOST_COLUMNS = 1_600;

/** @throws SLUICE_POSTGRES_OPTIONS, SLUICE_POSTGRES_UPSERT_TWO_PHASE */
export function sinkSettings<T>(options: PostgresSinkOptions<T>): SinkSettings<T> {
  if (typeof options !== 'object' || options === null) throw badOption('options', 'an object', typeof options);
  const table = typeof options.table === 'string' ? parseName(options.table) : undefined;
  if (!table) throw badOption('table', '`table` or `schema.table`, parts of at most 63 bytes', show(options.table));
  return {
    component: COMPONENT,
    connectionString: connectionString(options.connectionString),
    table,
    columns: columnsOf(options.columns),
    mode: modeOf(options),
    upsertOn: upsertOf(options),
    schema: schemaOf(COMPONENT, options.schema),
    prefix: prefixOf(options.prefix ?? 'sluice'),
    maxEpochBytes: wholeNumber('maxEpochBytes', options.maxEpochBytes ?? 64 * 1024 * 1024, 1, 1024 * 1024 * 1024),
    rowsPerStatement: wholeNumber('rowsPerStatement', options.rowsPerStatement ?? 16_384, 1, 1_000_000),
    lockTimeout: wholeNumber('lockTimeout', milliseconds(options.lockTimeout ?? '10s'), 1, 0x7fff_ffff),
    connectTimeout: wholeNumber('connectTimeout', milliseconds(options.connectTimeout ?? '10s'), 1, 0x7fff_ffff),
    statementTimeout: wholeNumber('statementTimeout', milliseconds(options.statementTimeout ?? '2m'), 1, 0x7fff_ffff),
  };
}

function connectionString(value: unknown): string {
  const wrong = wrongConnectionString(value);
  if (wrong !== undefined) throw badOption('connectionString', wrong.expected, wrong.actual);
  return value as string;
}

function columnsOf<T>(columns: PostgresSinkOptions<T>['columns']): readonly SinkColumn<T>[] {
  const entries = typeof columns === 'object' && columns !== null ? Object.entries(columns) : [];
  if (entries.length === 0 || entries.length > MOST_COLUMNS) {
    throw badOption('columns', `a record of 1 to ${MOST_COLUMNS} columns`, `${entries.length} of them`);
  }
  return entries.map(([name, project]) => {
    if (!isIdentifier(name)) throw badOption('columns', 'column names of 1 to 63 bytes', show(name));
    if (typeof project !== 'function') throw badOption('columns', `a function for column ${name}`, typeof project);
    return { name, project };
  });
}

function modeOf<T>({ transactional = 'ledger', upsertOn }: PostgresSinkOptions<T>): 'ledger' | 'two-phase' {
  if (transactional !== 'ledger' && transactional !== 'two-phase') {
    throw badOption('transactional', "'ledger' or 'two-phase'", show(transactional));
  }
  if (transactional === 'two-phase' && upsertOn !== undefined) {
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_UPSERT_TWO_PHASE',
      component: COMPONENT,
      expected: "`upsertOn` with `transactional: 'ledger'` only",
      actual:
        "`upsertOn` with `transactional: 'two-phase'`: a prepared upsert keeps its row locked, so the next epoch's upsert of the same key waits for a commit that waits for it",
      remedy: "leave `transactional` at 'ledger', or insert without `upsertOn`",
    });
  }
  return transactional;
}

function upsertOf<T>({ upsertOn, columns }: PostgresSinkOptions<T>): readonly string[] {
  if (upsertOn === undefined) return [];
  if (!Array.isArray(upsertOn) || upsertOn.length === 0)
    throw badOption('upsertOn', 'at least one column', show(upsertOn));
  for (const column of upsertOn) {
    if (!Object.hasOwn(columns, column)) throw badOption('upsertOn', 'names out of `columns`', show(column));
  }
  if (new Set(upsertOn).size < upsertOn.length) throw badOption('upsertOn', 'each column once', show(upsertOn));
  return [...upsertOn];
}

/** @throws SLUICE_POSTGRES_OPTIONS */
export function schemaOf(component: string, schema: string | undefined): string | undefined {
  if (schema === undefined || (typeof schema === 'string' && isIdentifier(schema))) return schema;
  throw badOption('schema', 'the name of a schema, of 1 to 63 bytes', show(schema), component);
}

/** It becomes part of a literal in PREPARE TRANSACTION, which takes no bound parameter. */
function prefixOf(prefix: string): string {
  if (typeof prefix === 'string' && /^[a-z0-9-]{1,32}$/.test(prefix)) return prefix;
  throw badOption('prefix', '1 to 32 small letters, digits and hyphens', show(prefix));
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw badOption(name, `a whole number from ${least} to ${most}`, String(value));
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}

function badOption(option: string, expected: string, actual: string, component = COMPONENT): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_OPTIONS',
    component,
    expected: `option \`${option}\` to be ${expected}`,
    actual,
    remedy: `correct \`${option}\``,
  });
}

import { SluiceError, shownOption } from '@sluice/connector-sdk';
import { option } from './option.js';
import { checkedConnectionString } from './server/connection-string.js';
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
  option.object(COMPONENT, 'options', options);
  const table = typeof options.table === 'string' ? parseName(options.table) : undefined;
  if (!table)
    throw option.refusal(
      COMPONENT,
      'table',
      '`table` or `schema.table`, parts of at most 63 bytes',
      shownOption(options.table),
    );
  return {
    component: COMPONENT,
    connectionString: checkedConnectionString(COMPONENT, options.connectionString),
    table,
    columns: columnsOf(options.columns),
    mode: modeOf(options),
    upsertOn: upsertOf(options),
    schema: schemaOf(COMPONENT, options.schema),
    prefix: prefixOf(options.prefix ?? 'sluice'),
    maxEpochBytes: option.wholeNumber(
      COMPONENT,
      'maxEpochBytes',
      options.maxEpochBytes ?? 64 * 1024 * 1024,
      1,
      1024 * 1024 * 1024,
    ),
    rowsPerStatement: option.wholeNumber(
      COMPONENT,
      'rowsPerStatement',
      options.rowsPerStatement ?? 16_384,
      1,
      1_000_000,
    ),
    lockTimeout: option.duration(COMPONENT, 'lockTimeout', options.lockTimeout ?? '10s', 1),
    connectTimeout: option.duration(COMPONENT, 'connectTimeout', options.connectTimeout ?? '10s', 1),
    statementTimeout: option.duration(COMPONENT, 'statementTimeout', options.statementTimeout ?? '2m', 1),
  };
}

function columnsOf<T>(columns: PostgresSinkOptions<T>['columns']): readonly SinkColumn<T>[] {
  const entries = typeof columns === 'object' && columns !== null ? Object.entries(columns) : [];
  if (entries.length === 0 || entries.length > MOST_COLUMNS) {
    throw option.refusal(COMPONENT, 'columns', `a record of 1 to ${MOST_COLUMNS} columns`, `${entries.length} of them`);
  }
  return entries.map(([name, project]) => {
    if (!isIdentifier(name))
      throw option.refusal(COMPONENT, 'columns', 'column names of 1 to 63 bytes', shownOption(name));
    if (typeof project !== 'function')
      throw option.refusal(COMPONENT, 'columns', `a function for column ${name}`, typeof project);
    return { name, project };
  });
}

function modeOf<T>({ transactional = 'ledger', upsertOn }: PostgresSinkOptions<T>): 'ledger' | 'two-phase' {
  if (transactional !== 'ledger' && transactional !== 'two-phase') {
    throw option.refusal(COMPONENT, 'transactional', "'ledger' or 'two-phase'", shownOption(transactional));
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
    throw option.refusal(COMPONENT, 'upsertOn', 'at least one column', shownOption(upsertOn));
  for (const column of upsertOn) {
    if (!Object.hasOwn(columns, column))
      throw option.refusal(COMPONENT, 'upsertOn', 'names out of `columns`', shownOption(column));
  }
  if (new Set(upsertOn).size < upsertOn.length)
    throw option.refusal(COMPONENT, 'upsertOn', 'each column once', shownOption(upsertOn));
  return [...upsertOn];
}

/** @throws SLUICE_POSTGRES_OPTIONS */
export function schemaOf(component: string, schema: string | undefined): string | undefined {
  if (schema === undefined || (typeof schema === 'string' && isIdentifier(schema))) return schema;
  throw option.refusal(component, 'schema', 'the name of a schema, of 1 to 63 bytes', shownOption(schema));
}

/** It becomes part of a literal in PREPARE TRANSACTION, which takes no bound parameter. */
function prefixOf(prefix: string): string {
  if (typeof prefix === 'string' && /^[a-z0-9-]{1,32}$/.test(prefix)) return prefix;
  throw option.refusal(COMPONENT, 'prefix', '1 to 32 small letters, digits and hyphens', shownOption(prefix));
}

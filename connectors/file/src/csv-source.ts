import { type Source, shownOption } from '@sluice/connector-sdk';
import { csvFormat } from './csv-format.js';
import type { FileSplit } from './discovery.js';
import type { FilesOptions } from './files-options.js';
import { filesSettings } from './files-settings.js';
import { option } from './option.js';
import type { FilePosition } from './position.js';
import { recordSource } from './record-source.js';

export interface CsvSourceOptions<T> extends FilesOptions {
  /** Makes the value of a row from its fields by the names of their columns. What it throws makes the row a bad one. */
  readonly row: (fields: Readonly<Record<string, string>>) => T;
  /** One ASCII character between two fields, default `,`. */
  readonly delimiter?: string;
  /** The names of the columns, for files that have no header row. */
  readonly columns?: readonly string[];
}

/**
 * A replayable source of the rows of CSV files (RFC 4180: fields may be quoted, and then hold delimiters, newlines and doubled quotes).
 *
 * Each file is a split that is read in order; it emits one value for each row. The first row names the columns, in each file its own,
 * unless `columns` is given. Empty lines are left out. A row with more or fewer fields than there are columns is a bad one, and so is one
 * that is not UTF-8 or is quoted wrongly. All else is as in `fileSource`: bounded or tailing, gzip, positions.
 *
 * @param options `paths` are files or glob patterns, `row` makes the value; `tail`, `poll`, `poison`, `maxLineBytes` (of a row), `allowNoMatch` as
 * in `FilesOptions`.
 *
 * Errors: those of `fileSource`, and SLUICE_FILE_HEADER for a header row that cannot name the columns.
 *
 * @example
 * const prices = csvSource({ paths: 'prices.csv', row: (fields) => ({ item: fields.item, price: Number(fields.price) }) });
 */
export function csvSource<T>(options: CsvSourceOptions<T>): Source<T, FileSplit, FilePosition> {
  const component = 'csvSource';
  const settings = filesSettings(component, options);
  const { row, delimiter = ',', columns } = options;
  option.callback(component, 'row', row);
  option.require(
    component,
    isDelimiter(delimiter),
    'delimiter',
    'one ASCII character, neither a quote nor a line break',
    shownOption(delimiter),
  );
  option.require(
    component,
    columns === undefined || isNames(columns),
    'columns',
    'a list of different names',
    shownOption(columns),
  );
  return recordSource(settings, csvFormat(row, delimiter, columns));
}

function isDelimiter(delimiter: unknown): boolean {
  return typeof delimiter === 'string' && /^[\0-\x7f]$/.test(delimiter) && !/["\r\n]/.test(delimiter);
}

function isNames(columns: unknown): boolean {
  if (!Array.isArray(columns) || columns.length === 0) return false;
  return (
    columns.every((name) => typeof name === 'string' && name !== '__proto__') &&
    new Set(columns).size === columns.length
  );
}

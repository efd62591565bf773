import { shownOption } from '@sluice/connector-sdk';
import { stringify } from 'csv-stringify/sync';
import { option } from '../option.js';
import { notARecord, type PartFormat } from './part-format.js';

/** What a field of a row can be. A Date is written as ISO 8601; undefined and null as an empty field. */
export type CsvField = string | number | bigint | boolean | Date | null | undefined;

export interface CsvRowsOptions<T> {
  /** The columns in their order, each with what it holds. */
  readonly columns: Readonly<Record<string, (value: T) => CsvField>>;
  /** Whether each part file begins with a row of the columns' names; true when left out. */
  readonly header?: boolean;
  /** One ASCII character between two fields, default `,`. */
  readonly delimiter?: string;
}

/**
 * Rows of CSV as RFC 4180 has them, with LF: fields are quoted where they must be, the only field of a row also when it is empty.
 *
 * @throws SLUICE_FILE_OPTIONS for columns or a delimiter that cannot be
 *
 * @example
 * csvRows<{ item: string; price: number }>({ columns: { item: (p) => p.item, price: (p) => p.price }, delimiter: ';' });
 */
export function csvRows<T>({ columns, header = true, delimiter = ',' }: CsvRowsOptions<T>): PartFormat<T> {
  const component = 'csvRows';
  const named = Object.entries(columns ?? {});
  const functions = named.length > 0 && named.every(([, field]) => typeof field === 'function');
  option.require(component, functions, 'columns', 'at least one name with a function', shownOption(columns));
  option.trueOrFalse(component, 'header', header);
  const single = typeof delimiter === 'string' && /^[\0-\x7f]$/.test(delimiter) && !/["\r\n]/.test(delimiter);
  option.require(
    component,
    single,
    'delimiter',
    'one ASCII character, neither a quote nor a line break',
    shownOption(delimiter),
  );
  const fields = named.map(([, field]) => field);
  // A carriage return at the end of a row would be taken for half of a line break, and an empty line is none to those who read.
  const row = (values: readonly string[]): string =>
    stringify([[...values]], { delimiter, record_delimiter: '\n', eof: false, quoted_match: /\r/ }) || '""';
  return {
    extension: '.csv',
    header: header ? Buffer.from(`${row(named.map(([name]) => name))}\n`) : undefined,
    encode: (value) => Buffer.from(row(fields.map((field) => written(field(value))))),
  };
}

function written(field: CsvField): string {
  if (field === undefined || field === null) return '';
  if (typeof field === 'string') return field;
  if (field instanceof Date) return field.toISOString();
  if (typeof field === 'number' || typeof field === 'bigint' || typeof field === 'boolean') return String(field);
  throw notARecord('csvRows', 'fields that are text, numbers, booleans or dates', `a ${typeof field}`);
}

import { type Options, parse } from 'csv-parse/sync';
import { csvBoundaries } from './csv-boundaries.js';
import { columnNames } from './csv-header.js';
import { csvRows, type Row } from './csv-rows.js';
import type { RecordFormat } from './record-format.js';

/** Fields of records. Throws at the first one that is quoted wrongly. */
export type ParseRows = (bytes: Buffer) => string[][];

/** Each record is a row; without `columns` the first one names them. */
export function csvFormat<T>(row: Row<T>, delimiter: string, columns: readonly string[] | undefined): RecordFormat<T> {
  const options: Options = {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    // How many fields there are is compared with the columns afterwards, where the row's offset is known.
    relax_column_count: true,
    skip_empty_lines: true,
  };
  const parseRows: ParseRows = (bytes) => parse(bytes, options);
  return {
    boundaries: () => csvBoundaries(delimiter.charCodeAt(0)),
    header: columns === undefined,
    decoder: (file, header) => {
      const names = columns ?? columnNames(file, header, parseRows);
      return csvRows(file, names, row, parseRows);
    },
  };
}

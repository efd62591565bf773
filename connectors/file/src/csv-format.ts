import { csvBoundaries } from './csv-boundaries.js';
import { columnNames } from './csv-header.js';
import { csvParser } from './csv-parser.js';
import { csvRows, type Row } from './csv-rows.js';
import type { RecordFormat } from './record-format.js';

/** Each record is a row; without `columns` the first one names them. */
export function csvFormat<T>(row: Row<T>, delimiter: string, columns: readonly string[] | undefined): RecordFormat<T> {
  const parseRows = csvParser(delimiter);
  return {
    boundaries: () => csvBoundaries(delimiter.charCodeAt(0)),
    header: columns === undefined,
    decoder: (file, header) => {
      const names = columns ?? columnNames(file, header, parseRows);
      return csvRows(file, names, row, parseRows);
    },
  };
}

import { parse } from 'csv-parse/sync';

/** Fields of whole records, without those that are empty. Throws at the first one that is quoted wrongly. */
export type ParseRows = (bytes: Buffer) => string[][];

export function csvParser(delimiter: string): ParseRows {
  const options = {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    // How many fields there are is compared with the columns afterwards, where the row's offset is known.
    relax_column_count: true,
    skip_empty_lines: true,
  };
  return (bytes) => parse(bytes, options);
}

import { isUtf8 } from 'node:buffer';
import { CsvError } from 'csv-parse/sync';
import { malformedLine } from './bad-line.js';
import type { BatchBuilder } from './batch.js';
import type { ParseRows } from './csv-parser.js';
import type { FileIdentity, RecordDecoder } from './record-format.js';
import { contentEnd, type Records } from './records.js';

/** Makes the value of a row. */
export type Row<T> = (fields: Readonly<Record<string, string>>) => T;

/** Records that are not empty. */
interface Rows {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Decodes the rows of a chunk in one go; where one of them is bad, they are halved until it stands alone, so that the others are still
 * parsed together.
 */
export function csvRows<T>(
  { component, path }: FileIdentity,
  names: readonly string[],
  row: Row<T>,
  parseRows: ParseRows,
): RecordDecoder<T> {
  return (records, batch) => {
    const rows = rowsOf(records);
    const { length } = rows.starts;
    if (length > 0 && !decode(rows, 0, length, batch)) return;
    batch.pass(records.offset + (records.ends.at(-1) as number));
  };

  /** Rows from `first` to before `last`. False once a bad one has ended the batch. */
  function decode(rows: Rows, first: number, last: number, batch: BatchBuilder<T>): boolean {
    const alone = last - first === 1;
    const start = rows.starts[first] as number;
    const end = rows.ends[last - 1] as number;
    const parsed = parse(rows.bytes.subarray(start, end));
    if (typeof parsed !== 'string' && parsed.length === last - first) return accept(rows, first, parsed, batch);
    if (alone) {
      const actual = typeof parsed === 'string' ? parsed : `${parsed.length} rows`;
      return reject(rows, first, malformed(rows, first, 'a row of fields', actual), batch);
    }
    const middle = (first + last) >>> 1;
    return decode(rows, first, middle, batch) && decode(rows, middle, last, batch);
  }

  /** The rows, or what is wrong in them: the parser's message quotes the payload, so only its code is passed on. */
  function parse(bytes: Buffer): string[][] | string {
    if (!isUtf8(bytes)) return 'bytes that are not UTF-8';
    try {
      return parseRows(bytes);
    } catch (error) {
      return error instanceof CsvError ? `wrong quotes (${error.code})` : String(error);
    }
  }

  function accept(rows: Rows, first: number, parsed: readonly string[][], batch: BatchBuilder<T>): boolean {
    for (let i = 0; i < parsed.length; i++) {
      const values = parsed[i] as string[];
      const end = rows.offset + (rows.ends[first + i] as number);
      try {
        if (values.length !== names.length) {
          throw malformed(rows, first + i, `${names.length} fields, one for each column,`, `${values.length}`);
        }
        batch.accept(row(fieldsOf(values)), end);
      } catch (cause) {
        if (!reject(rows, first + i, cause, batch)) return false;
      }
    }
    return true;
  }

  function fieldsOf(values: readonly string[]): Record<string, string> {
    const fields: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) fields[names[i] as string] = values[i] as string;
    return fields;
  }

  function reject({ bytes, offset, starts, ends }: Rows, at: number, cause: unknown, batch: BatchBuilder<T>): boolean {
    const start = starts[at] as number;
    const end = ends[at] as number;
    return batch.reject(offset + start, offset + end, bytes.subarray(start, contentEnd(bytes, start, end)), cause);
  }

  function malformed({ offset, starts }: Rows, at: number, expected: string, actual: string) {
    return malformedLine(component, path, offset + (starts[at] as number), expected, actual);
  }
}

function rowsOf({ bytes, offset, start: first, ends: all }: Records): Rows {
  const starts: number[] = [];
  const ends: number[] = [];
  let start = first;
  for (const end of all) {
    if (contentEnd(bytes, start, end) > start) {
      starts.push(start);
      ends.push(end);
    }
    start = end;
  }
  return { bytes, offset, starts, ends };
}

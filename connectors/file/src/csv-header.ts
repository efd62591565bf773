import { isUtf8 } from 'node:buffer';
import { SluiceError } from '@sluice/connector-sdk';
import type { ParseRows } from './csv-parser.js';
import type { FileIdentity } from './record-format.js';

/** The names in a header row. Errors: SLUICE_FILE_HEADER. */
export function columnNames(file: FileIdentity, header: Buffer | undefined, parseRows: ParseRows): readonly string[] {
  if (header === undefined || !isUtf8(header)) throw badHeader(file, 'one that is not UTF-8');
  const names = parsed(file, header, parseRows);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw badHeader(file, `the name ${JSON.stringify(twice)} twice`);
  // As a key of a plain object it would not make a field.
  if (names.includes('__proto__')) throw badHeader(file, 'the name __proto__');
  return names;
}

function parsed(file: FileIdentity, header: Buffer, parseRows: ParseRows): readonly string[] {
  try {
    return parseRows(header)[0] ?? [];
  } catch (cause) {
    throw badHeader(file, 'one that is quoted wrongly', cause);
  }
}

function badHeader({ component, path }: FileIdentity, actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_HEADER',
    component,
    expected: `the first row of ${path} to give each column a name of its own`,
    actual,
    remedy: 'correct the row, or name the columns with `columns` if the file has no header row',
    ...(cause === undefined ? {} : { cause }),
  });
}

import { type Encoder, json, SluiceError } from '@sluice/connector-sdk';

/** What the records of a part file are. */
export interface PartFormat<T> {
  /** What the names of part files end in, as `.ndjson`. */
  readonly extension: string;
  /** What every part file begins with, the terminator of its last record included. */
  readonly header?: Uint8Array | undefined;
  /** One record without its terminator. What it throws makes the value one that is rejected. */
  encode(value: T): Uint8Array;
}

const NEWLINE = 0x0a;

/**
 * One JSON text a line.
 *
 * @throws SLUICE_JSON (to the `rejected` output) for a value that JSON cannot hold
 *
 * @example
 * fileSink({ directory: 'out', format: ndjson<Order>() });
 */
export function ndjson<T>(): PartFormat<T> {
  const { encode } = json<T>();
  return { extension: '.ndjson', encode };
}

/**
 * One record of any encoder a line.
 *
 * @param encoder `text()` for lines of text; it must not give newlines
 * @param extension what the names of part files end in; `.txt` when left out
 * @throws SLUICE_FILE_VALUE (to the `rejected` output) for a record with a newline in it
 *
 * @example
 * fileSink({ directory: 'logs', format: textLines(text(), '.log') });
 */
export function textLines<T>(encoder: Encoder<T>, extension = '.txt'): PartFormat<T> {
  return {
    extension,
    encode(value) {
      const bytes = encoder.encode(value);
      if (bytes.includes(NEWLINE)) throw notARecord('textLines', 'a record without a newline', 'one with a newline');
      return bytes;
    },
  };
}

export function notARecord(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_VALUE',
    component,
    expected,
    actual,
    remedy: 'change the value before the sink, or give `to` a `rejected` output for such values',
  });
}

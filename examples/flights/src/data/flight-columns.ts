import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** The data set by columns, one entry for each row: 3,000,000 objects would take ten times the memory. */
export interface FlightColumns {
  readonly rows: number;
  /** Minutes since 1970-01-01. */
  readonly minute: Int32Array;
  readonly delay: Int32Array;
  readonly distance: Int32Array;
  /** Indexes into `airports`. */
  readonly origin: Uint16Array;
  readonly destination: Uint16Array;
  readonly airports: readonly string[];
}

/** Rows of the whole data set. */
export const allFlights = 3_000_000;

/** Reads the first `limit` rows of `data/flights-3m.parquet` of the package `vega-datasets`. */
export async function readFlights(limit = Number.POSITIVE_INFINITY): Promise<FlightColumns> {
  // The package exports its entry point only.
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const bytes = await readFile(join(entry, '../../data/flights-3m.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = Math.min(Number(metadata.num_rows), limit);
  const minute = new Int32Array(rows);
  const delay = new Int32Array(rows);
  const distance = new Int32Array(rows);
  const origin = new Uint16Array(rows);
  const destination = new Uint16Array(rows);
  const airports = new Map<string, number>();

  const numberOf = (value: unknown, row: number, column: string): number => {
    const number = Number(value);
    if (value == null || !Number.isInteger(number))
      throw new Error(`flights-3m.parquet, row ${row}: ${column} is ${value}`);
    return number;
  };
  const airportOf = (value: unknown): number => {
    const name = String(value);
    const known = airports.get(name);
    if (known !== undefined) return known;
    airports.set(name, airports.size);
    return airports.size - 1;
  };
  const store: Readonly<Record<string, (row: number, value: unknown) => void>> = {
    date: (row, value) => {
      minute[row] = numberOf(value, row, 'date in minutes');
    },
    delay: (row, value) => {
      delay[row] = numberOf(value, row, 'delay');
    },
    distance: (row, value) => {
      distance[row] = numberOf(value, row, 'distance');
    },
    origin: (row, value) => {
      origin[row] = airportOf(value);
    },
    destination: (row, value) => {
      destination[row] = airportOf(value);
    },
  };
  let start = 0;
  // One row group after the other, and no rows assembled (no `onComplete`): half the memory.
  for (const group of metadata.row_groups) {
    if (start >= rows) break;
    const groupRows = Number(group.num_rows);
    await parquetRead({
      file,
      metadata,
      compressors,
      rowStart: start,
      rowEnd: Math.min(rows, start + groupRows),
      parsers: { timestampFromMicroseconds: (micros) => Number(micros) / 60_000_000 },
      onChunk: ({ columnName, columnData, rowStart }) => {
        const put = store[columnName];
        const end = Math.min(columnData.length, rows - rowStart);
        if (put !== undefined) for (let i = 0; i < end; i++) put(rowStart + i, columnData[i]);
      },
    });
    start += groupRows;
  }
  return { rows, minute, delay, distance, origin, destination, airports: [...airports.keys()] };
}

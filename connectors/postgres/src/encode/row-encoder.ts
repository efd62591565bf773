import type { TableColumn } from '../server/column-type.js';
import type { SinkColumn } from '../sink-settings.js';
import { ColumnArray } from './column-array.js';
import { type ColumnCodec, columnCodec, textCodec } from './column-codec.js';
import { ELEMENT_TYPES } from './column-mode.js';
import { ColumnRefusal } from './column-refusal.js';
import type { Doubt } from './doubt.js';
import type { RowChunk } from './row-chunk.js';
import { valueRefused } from './value-refused.js';
import type { Vouch } from './vouched-text.js';

const MAX_CHUNK_BYTES = 1024 * 1024;

export interface EncodedColumn<T> extends SinkColumn<T> {
  readonly column: TableColumn;
  /** NOT NULL, or part of the key of an upsert: no NULL is like another, so none would ever be replaced. */
  readonly required: boolean;
  /** Of which of its texts nobody needs to ask the server; undefined: of all. */
  readonly vouch: Vouch | undefined;
}

export interface RowEncoder<T> {
  /** Encodes one row now. False when it was refused: nothing of it is kept, and `reject` has been told why. */
  add(value: T): boolean;
  /** Hands over what is not full yet, if there is anything. */
  finish(): void;
  /** Bytes that have not been handed over. */
  readonly pendingBytes: number;
}

/**
 * Turns rows into chunks, column by column, as they are written: the work is spread over the epoch instead of standing still
 * at its end (200,000 rows took 0.2 s in one go), and rests in buffers outside the garbage collector's reach.
 */
export function rowEncoder<T>(
  component: string,
  columns: readonly EncodedColumn<T>[],
  rowsPerChunk: number,
  full: (chunk: RowChunk) => void,
  reject: (value: T, cause: unknown) => void,
  doubt?: (doubt: Doubt<T>) => void,
): RowEncoder<T> {
  const width = columns.length;
  const codecs: ColumnCodec[] = columns.map(({ column }) => columnCodec(column));
  const arrays = codecs.map(({ mode }) => new ColumnArray(ELEMENT_TYPES[mode]));
  const required = columns.map((column) => column.required);
  const row = new Array<unknown>(width);
  let doubtful = doubtfulColumns();
  let chunks = 0;
  let rows = 0;

  function append(): number {
    for (let i = 0; i < width; i++) {
      const value = row[i];
      const array = arrays[i] as ColumnArray;
      let taken = true;
      try {
        if (value === null || value === undefined) {
          if (required[i]) throw new ColumnRefusal('null, for a column that is NOT NULL or in `upsertOn`');
          array.null();
        } else {
          taken = (codecs[i] as ColumnCodec).append(array, value);
        }
      } catch (error) {
        undo(i);
        throw error instanceof ColumnRefusal ? refusal(i, error) : error;
      }
      if (!taken) {
        undo(i);
        return i;
      }
    }
    return -1;
  }

  function undo(columnsAppended: number): void {
    for (let i = 0; i < columnsAppended; i++) arrays[i]?.undo();
  }

  function refusal(i: number, cause: ColumnRefusal): Error {
    return valueRefused(component, (columns[i] as EncodedColumn<T>).column, cause.message);
  }

  /** Those whose texts may have to be tried by the server; where values go in binary there are none. */
  function doubtfulColumns(): readonly number[] {
    if (doubt === undefined) return [];
    return columns.flatMap(({ vouch }, i) => (codecs[i]?.mode === 'text' && vouch !== undefined ? [i] : []));
  }

  function noteDoubts(value: T): void {
    for (const i of doubtful) {
      const own = row[i];
      if (own === null || own === undefined || columns[i]?.vouch?.(own)) continue;
      doubt?.({ value, column: i, text: (arrays[i] as ColumnArray).lastText(), chunk: chunks, row: rows });
    }
  }

  /** From the next chunk on; what is in this one stays as it is. */
  function useText(i: number): void {
    finish();
    const column = columns[i];
    if (!column) return;
    codecs[i] = textCodec(column.column);
    arrays[i] = new ColumnArray(ELEMENT_TYPES.text);
    doubtful = doubtfulColumns();
  }

  function pendingBytes(): number {
    let bytes = 0;
    for (let i = 0; i < width; i++) bytes += (arrays[i] as ColumnArray).length;
    return bytes;
  }

  function finish(): void {
    if (rows === 0) return;
    const chunk = { rows, modes: codecs.map(({ mode }) => mode), arrays: arrays.map((array) => array.take(rows)) };
    rows = 0;
    chunks++;
    full(chunk);
  }

  return {
    add(value) {
      try {
        for (let i = 0; i < width; i++) row[i] = (columns[i] as EncodedColumn<T>).project(value);
        for (let asText = append(); asText >= 0; asText = append()) useText(asText);
      } catch (cause) {
        reject(value, cause);
        return false;
      }
      if (doubtful.length > 0) noteDoubts(value);
      rows++;
      if (rows >= rowsPerChunk || (rows % 8 === 0 && pendingBytes() >= MAX_CHUNK_BYTES)) finish();
      return true;
    },
    finish,
    get pendingBytes() {
      return rows === 0 ? 0 : pendingBytes();
    },
  };
}

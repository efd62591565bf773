import type { RowTarget, TargetColumn } from '../committable.js';
import { type ColumnMode, ELEMENT_TYPES } from '../encode/column-mode.js';
import type { RowChunk } from '../encode/row-chunk.js';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Flags and the length of an extension, both zero. */
const HEADER = SIGNATURE.length + 8;
const TRAILER = 2;
/** Where the first value of a binary array begins. */
const ARRAY_HEADER = 20;
/** Copying fewer bytes by a call costs more than copying them here. */
const SHORT = 32;

/** Types whose binary form is their text, and before it, for `jsonb`, the version of its format. */
const AS_TEXT: Readonly<Record<string, number | undefined>> = {
  text: undefined,
  varchar: undefined,
  bpchar: undefined,
  json: undefined,
  jsonb: 1,
};

/** Whether every column of a chunk is encoded as its type is sent in binary: then no value has to be looked at again. */
export function isCopyable({ columns }: RowTarget, { modes }: RowChunk): boolean {
  return columns.every((column, i) => fits(column, modes[i]));
}

function fits({ type: [schema, name] }: TargetColumn, mode: ColumnMode | undefined): boolean {
  if (schema !== 'pg_catalog') return false;
  return mode === 'text' ? Object.hasOwn(AS_TEXT, name) : mode === name && Object.hasOwn(ELEMENT_TYPES, name);
}

/** A chunk as COPY … FORMAT binary reads it: the values of its arrays, row by row instead of column by column. */
export function copyBytes({ columns }: RowTarget, { rows, arrays }: RowChunk): Uint8Array {
  const width = columns.length;
  const views = arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.length));
  const versions = columns.map(({ type }, i) => (isText(arrays[i]) ? AS_TEXT[type[1]] : undefined));
  const versioned = versions.filter((version) => version !== undefined).length;
  const length = views.reduce((sum, view) => sum + view.length - ARRAY_HEADER, 0);
  const bytes = Buffer.allocUnsafe(HEADER + length + rows * (2 + versioned) + TRAILER);
  SIGNATURE.copy(bytes);
  bytes.fill(0, SIGNATURE.length, HEADER);
  let at = HEADER;
  const next = views.map(() => ARRAY_HEADER);
  for (let row = 0; row < rows; row++) {
    at = bytes.writeInt16BE(width, at);
    for (let i = 0; i < width; i++) {
      const view = views[i] as Buffer;
      let from = next[i] as number;
      const size = view.readInt32BE(from);
      const end = from + (size < 0 ? 4 : 4 + size);
      const version = versions[i];
      if (version !== undefined && size >= 0) {
        at = bytes.writeInt32BE(size + 1, at);
        bytes[at++] = version;
        from += 4;
      }
      if (end - from <= SHORT) while (from < end) bytes[at++] = view[from++] as number;
      else at += view.copy(bytes, at, from, end);
      next[i] = end;
    }
  }
  at = bytes.writeInt16BE(-1, at);
  return bytes.subarray(0, at);
}

function isText(array: Uint8Array | undefined): boolean {
  if (array === undefined) return false;
  return Buffer.from(array.buffer, array.byteOffset, array.length).readInt32BE(8) === ELEMENT_TYPES.text;
}

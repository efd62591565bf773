import type { RowChunk } from './row-chunk.js';

/** Where the first value of a binary array begins. */
const HEADER = 20;

/** A chunk without some of its rows. */
export function withoutRows({ rows, modes, arrays }: RowChunk, gone: ReadonlySet<number>): RowChunk {
  return { rows: rows - gone.size, modes, arrays: arrays.map((array) => withoutValues(array, rows, gone)) };
}

function withoutValues(array: Uint8Array, rows: number, gone: ReadonlySet<number>): Uint8Array {
  const view = Buffer.from(array.buffer, array.byteOffset, array.length);
  const kept = [view.subarray(0, HEADER)];
  let at = HEADER;
  for (let row = 0; row < rows; row++) {
    const size = view.readInt32BE(at);
    const end = at + 4 + Math.max(0, size);
    if (!gone.has(row)) kept.push(view.subarray(at, end));
    at = end;
  }
  const shorter = Buffer.concat(kept);
  shorter.writeInt32BE(rows - gone.size, 12);
  return shorter;
}

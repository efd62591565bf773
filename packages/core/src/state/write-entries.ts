import type { ByteWriter } from '@sluice/connector-sdk';
import type { Table } from './table.js';

/** Whether a snapshot has something of this id. */
export function isKept(table: Table<unknown>, id: number): boolean {
  const value = valueAt(table, id);
  return value !== undefined && table.codec.expired?.(value) !== true;
}

/** Whether there is something of this id, though a snapshot may leave it out. */
export function isThere(table: Table<unknown>, id: number): boolean {
  return valueAt(table, id) !== undefined;
}

/** For each eight tables one byte that says which of them have something, then what they have. */
export function writeEntries(writer: ByteWriter, tables: readonly Table<unknown>[], id: number): void {
  for (let from = 0; from < tables.length; from += 8) {
    const to = Math.min(tables.length, from + 8);
    let kept = 0;
    for (let at = from; at < to; at++) if (isKept(tables[at] as Table<unknown>, id)) kept |= 1 << (at - from);
    writer.uint8(kept);
    for (let at = from; at < to; at++) {
      const table = tables[at] as Table<unknown>;
      if ((kept & (1 << (at - from))) !== 0) table.codec.write(writer, table.values[id]);
    }
  }
}

function valueAt(table: Table<unknown>, id: number): unknown {
  return id < table.values.length ? table.values[id] : undefined;
}

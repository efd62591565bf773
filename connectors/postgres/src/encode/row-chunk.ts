import type { ColumnMode } from './column-mode.js';

/** Some thousands of encoded rows: one statement's worth, a binary array for each column. */
export interface RowChunk {
  readonly rows: number;
  readonly modes: readonly ColumnMode[];
  readonly arrays: readonly Uint8Array[];
}

/** One split: the rows whose first key column lies in a range. Bounds are values as text; undefined = open. Kept in checkpoints. */
export interface KeyRange {
  readonly index: number;
  readonly of: number;
  /** Inclusive. */
  readonly from: string | undefined;
  /** Exclusive. */
  readonly until: string | undefined;
  /** There was nothing left for it when the ranges were planned. */
  readonly empty: boolean;
  /** About how many rows it has; undefined when nobody knows. */
  readonly rows: number | undefined;
}

/** Where to go on: behind the last key that was read. */
export interface KeyPosition {
  /** The values of the key columns, as text. */
  readonly key: readonly string[];
  /** Rows of the range so far, for the progress. */
  readonly read: number;
}

export function rangeId({ index, of }: Pick<KeyRange, 'index' | 'of'>): string {
  return `range-${index + 1}-of-${of}`;
}

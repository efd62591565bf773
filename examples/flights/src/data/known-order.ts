import type { FlightColumns } from './flight-columns.js';

/** Row numbers in the order in which the flights became known: scheduled time plus delay, ties by row number. */
export function knownOrder(flights: Pick<FlightColumns, 'rows' | 'minute' | 'delay'>): Uint32Array {
  const { rows, minute, delay } = flights;
  let earliest = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows; row++) earliest = Math.min(earliest, at(minute, row) + at(delay, row));
  // Time and row in one number, because typed arrays of numbers sort fast and without a comparator.
  const keys = new Float64Array(rows);
  for (let row = 0; row < rows; row++) keys[row] = (at(minute, row) + at(delay, row) - earliest) * rows + row;
  keys.sort();
  return Uint32Array.from(keys, (key) => key % rows);
}

function at(column: Int32Array, row: number): number {
  return column[row] as number;
}

import type { Findings } from './findings.js';
import type { FlightTable } from './flight-table.js';
import type { DepartureRow } from './job-tables.js';
import { delayedFrom, hour } from './rules.js';

/** Every (airport, hour) from the first flight's to the last one's is a cell of a dense grid. */
interface Grid {
  readonly firstHour: number;
  readonly hours: number;
  readonly cells: number;
}

/**
 * Compares the rows with the plain computation over the flights that are not in the late table. A row that counts too few flights misses
 * some, one that counts too many has some twice (or some that are in the late table as well), one that counts enough but has another
 * delay, mean, p95 or worst is different.
 */
export function compareWindows(
  table: FlightTable,
  isLate: Uint8Array,
  rows: readonly DepartureRow[],
  found: Findings,
): void {
  const grid = gridOf(table);
  const all = new Int32Array(grid.cells);
  const { begins, delays } = groupDelays(table, isLate, grid, all);
  const airportIndex = new Map(table.airports.map((airport, index) => [airport, index]));
  const seen = new Uint8Array(grid.cells);
  for (const row of rows) {
    const cell = cellOf(grid, airportIndex.get(row.airport), row.hour);
    const name = `${row.airport} ${timeOf(row.hour)}`;
    if (cell === undefined || all[cell] === 0) {
      found.report('different', `a row for ${name}, a window without flights`);
      continue;
    }
    if (seen[cell] === 1) {
      found.report('duplicated', `a second row for ${name}`);
      continue;
    }
    seen[cell] = 1;
    const expected = statisticsOf(delays.subarray(begins[cell], begins[cell + 1]));
    if (row.flights < expected.flights) {
      found.report(
        'missing',
        `${name} counts ${row.flights} flights of ${expected.flights}`,
        expected.flights - row.flights,
      );
    } else if (row.flights > expected.flights) {
      const what = `${name} counts ${row.flights} flights, but only ${expected.flights} are not in the late table`;
      found.report('duplicated', what, row.flights - expected.flights);
    } else if (!sameStatistics(row, expected)) {
      found.report('different', `${name} is ${JSON.stringify(row)} and should be ${JSON.stringify(expected)}`);
    }
  }
  for (let cell = 0; cell < grid.cells; cell++) {
    const flights = (begins[cell + 1] as number) - (begins[cell] as number);
    if (flights === 0 || seen[cell] === 1) continue;
    const name = `${table.airports[Math.floor(cell / grid.hours)]} ${timeOf((grid.firstHour + (cell % grid.hours)) * hour)}`;
    found.report('missing', `no row for ${name}: ${flights} flights neither late nor counted`, flights);
  }
}

function gridOf({ rows, date, airports }: FlightTable): Grid {
  if (rows === 0) return { firstHour: 0, hours: 0, cells: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < rows; id++) {
    first = Math.min(first, date[id] as number);
    last = Math.max(last, date[id] as number);
  }
  const firstHour = Math.floor(first / hour);
  const hours = Math.floor(last / hour) - firstHour + 1;
  return { firstHour, hours, cells: hours * airports.length };
}

function cellOf(grid: Grid, airport: number | undefined, time: number): number | undefined {
  const index = time / hour - grid.firstHour;
  if (airport === undefined || !Number.isInteger(index) || index < 0 || index >= grid.hours) return undefined;
  return airport * grid.hours + index;
}

/** A counting sort: the delays of cell `c` stand from `begins[c]` to `begins[c + 1]`; `all` gets the flights of each cell, late ones too. */
function groupDelays(table: FlightTable, isLate: Uint8Array, grid: Grid, all: Int32Array) {
  const { rows, date, origin } = table;
  const cell = new Int32Array(rows);
  const begins = new Int32Array(grid.cells + 1);
  for (let id = 0; id < rows; id++) {
    const of = (origin[id] as number) * grid.hours + Math.floor((date[id] as number) / hour) - grid.firstHour;
    cell[id] = of;
    all[of] = (all[of] as number) + 1;
    if (isLate[id] === 0) begins[of + 1] = (begins[of + 1] as number) + 1;
  }
  for (let of = 0; of < grid.cells; of++) begins[of + 1] = (begins[of + 1] as number) + (begins[of] as number);
  const next = begins.slice();
  const delays = new Int32Array(begins[grid.cells] as number);
  for (let id = 0; id < rows; id++) {
    if (isLate[id] !== 0) continue;
    const of = cell[id] as number;
    const place = next[of] as number;
    next[of] = place + 1;
    delays[place] = table.delay[id] as number;
  }
  return { begins, delays };
}

type Statistics = Omit<DepartureRow, 'airport' | 'hour'>;

function statisticsOf(delays: Int32Array): Statistics {
  const sorted = delays.slice().sort();
  const flights = sorted.length;
  let total = 0;
  let delayed = 0;
  for (const delay of sorted) {
    total += delay;
    if (delay >= delayedFrom) delayed++;
  }
  const rank = Math.ceil((flights * 95) / 100);
  return {
    flights,
    delayed,
    mean: total / flights,
    p95: sorted[rank - 1] ?? Number.NaN,
    worst: sorted[flights - 1] ?? Number.NaN,
  };
}

function sameStatistics(row: Statistics, expected: Statistics): boolean {
  return (
    row.delayed === expected.delayed &&
    row.mean === expected.mean &&
    row.p95 === expected.p95 &&
    row.worst === expected.worst
  );
}

function timeOf(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : String(time);
}

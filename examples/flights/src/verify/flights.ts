import type { Findings } from './findings.js';
import type { FlightTable } from './flight-table.js';
import type { FlightRow } from './job-tables.js';
import { alertAbove } from './rules.js';

/** Each late flight once, as it is in the log, and only if its file allows it to be late. Answers 1 for each id that is in the table. */
export function compareLate(table: FlightTable, rows: readonly FlightRow[], found: Findings): Uint8Array {
  return compareFlights(table, rows, 'late', (id) => table.mayBeLate[id] === 1, found);
}

/** Exactly the flights that the filter takes, each once. */
export function compareAlerts(table: FlightTable, rows: readonly FlightRow[], found: Findings): void {
  const isAlert = (id: number): boolean => (table.delay[id] as number) > alertAbove;
  const seen = compareFlights(table, rows, 'alerts', isAlert, found);
  for (let id = 0; id < table.rows; id++) {
    if (seen[id] === 0 && isAlert(id)) found.report('missing', `flight ${id} in the alerts`);
  }
}

function compareFlights(
  table: FlightTable,
  rows: readonly FlightRow[],
  name: string,
  mayBeThere: (id: number) => boolean,
  found: Findings,
): Uint8Array {
  const seen = new Uint8Array(table.rows);
  for (const row of rows) {
    const { id } = row;
    if (!Number.isInteger(id) || id < 0 || id >= table.rows) {
      found.report('different', `${name} has flight ${id}, which is not in the log`);
    } else if (seen[id] === 1) {
      found.report('duplicated', `${name} has flight ${id} again`);
    } else {
      seen[id] = 1;
      if (!mayBeThere(id)) found.report('different', `${name} has flight ${id}, which does not belong there`);
      else if (!isSame(table, row)) found.report('different', `${name} has flight ${id} as ${JSON.stringify(row)}`);
    }
  }
  return seen;
}

function isSame(table: FlightTable, row: FlightRow): boolean {
  const { id } = row;
  return (
    row.airport === table.airports[table.origin[id] as number] &&
    row.destination === table.airports[table.destination[id] as number] &&
    row.scheduled === table.date[id] &&
    row.delay === table.delay[id]
  );
}

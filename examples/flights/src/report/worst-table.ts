import Table from 'cli-table3';
import type { DepartureRow } from '../verify/job-tables.js';

/** The rows as a table for a terminal. */
export function worstTable(rows: readonly DepartureRow[]): string {
  const table = new Table({
    head: ['airport', 'hour', 'flights', '≥ 15 min', 'mean', 'p95', 'worst'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push([row.airport, hourText(row.hour), row.flights, row.delayed, row.mean.toFixed(1), row.p95, row.worst]);
  }
  return table.toString();
}

/** `2001-03-05 17:00` */
export function hourText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

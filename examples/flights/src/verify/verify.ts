import { findings } from './findings.js';
import type { FlightTable } from './flight-table.js';
import { compareAlerts, compareLate } from './flights.js';
import type { JobTables } from './job-tables.js';
import { compareWindows } from './windows.js';

export interface Verdict {
  /** Rows of each table. */
  readonly windows: number;
  readonly late: number;
  readonly alerts: number;
  /** Flights (or alerts) that should be in a table and are not. */
  readonly missing: number;
  /** Flights counted or stored more than once: in one table, or in a window and in the late table. */
  readonly duplicated: number;
  /** Rows that are there and wrong, or do not belong there. */
  readonly different: number;
  /** The first few of each kind in words. */
  readonly examples: readonly string[];
}

/**
 * Says whether the job's three tables are what a plain computation over the log gives. Which flights are late depends on how the job read the
 * files side by side, so the late table is taken as the job's word where the log allows it, and everything else must follow from it exactly:
 * each flight is in the late table or counted in its window, never both, never neither.
 */
export function verify(log: FlightTable, tables: JobTables): Verdict {
  const found = findings();
  for (let id = 0; id < log.rows; id++)
    if (log.lines[id] !== 1) throw new Error(`The log itself is wrong: no flight ${id}`);
  const isLate = compareLate(log, tables.late, found);
  compareWindows(log, isLate, tables.departures, found);
  compareAlerts(log, tables.alerts, found);
  return {
    windows: tables.departures.length,
    late: tables.late.length,
    alerts: tables.alerts.length,
    ...found.counts,
    examples: found.examples,
  };
}

import type { DepartureRow } from '../verify/job-tables.js';

/** Mean delay and flights by hour of the day; index = hour. */
export interface Day {
  readonly flights: readonly number[];
  /** Minutes; NaN where nothing departs. */
  readonly mean: readonly number[];
}

export interface AirportDay extends Day {
  readonly airport: string;
  readonly total: number;
}

const dayLength = 24;

/** The rows with the worst mean delay among the hours with enough departures for a mean to say something. */
export function worstHours(rows: readonly DepartureRow[], count = 10, leastFlights = 10): DepartureRow[] {
  return rows
    .filter((row) => row.flights >= leastFlights)
    .sort((a, b) => b.mean - a.mean || a.hour - b.hour || (a.airport < b.airport ? -1 : 1))
    .slice(0, count);
}

/** All airports together. */
export function dayOf(rows: readonly DepartureRow[]): Day {
  const flights = new Array<number>(dayLength).fill(0);
  const minutes = new Array<number>(dayLength).fill(0);
  for (const row of rows) {
    const hour = new Date(row.hour).getUTCHours();
    flights[hour] = (flights[hour] ?? 0) + row.flights;
    minutes[hour] = (minutes[hour] ?? 0) + row.mean * row.flights;
  }
  return { flights, mean: minutes.map((sum, hour) => sum / (flights[hour] ?? 0)) };
}

/** One day for each airport, the busiest first. */
export function airportDays(rows: readonly DepartureRow[]): AirportDay[] {
  const byAirport = new Map<string, DepartureRow[]>();
  for (const row of rows) {
    const known = byAirport.get(row.airport);
    if (known === undefined) byAirport.set(row.airport, [row]);
    else known.push(row);
  }
  return [...byAirport]
    .map(([airport, own]) => ({ airport, total: own.reduce((sum, row) => sum + row.flights, 0), ...dayOf(own) }))
    .sort((a, b) => b.total - a.total || (a.airport < b.airport ? -1 : 1));
}

import { createReadStream } from 'node:fs';
import type { Flight } from '../data/flight.js';
import { graceAfterWindow, hour } from './rules.js';

/** All flights of the log by columns; the index is the flight's `id`. */
export interface FlightTable {
  readonly rows: number;
  readonly date: Float64Array;
  readonly delay: Int32Array;
  /** Indexes into `airports`. */
  readonly origin: Uint16Array;
  readonly destination: Uint16Array;
  /** 1: an earlier line of its own file allows this flight to be late. */
  readonly mayBeLate: Uint8Array;
  /** How many lines of the log had this id. */
  readonly lines: Uint8Array;
  readonly airports: readonly string[];
}

/** Reads the files of the log, line by line, each in its own order. */
export async function readFlightTable(paths: readonly string[], rows: number): Promise<FlightTable> {
  const builder = flightTableBuilder(rows);
  for (const path of paths) {
    const add = builder.file();
    let rest = '';
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 4 << 20 })) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) add(JSON.parse(line) as Flight);
    }
    if (rest !== '') throw new Error(`${path} ends in the middle of a line`);
  }
  return builder.table();
}

export interface FlightTableBuilder {
  /** Begins a file; the function that it gives takes the lines in order. */
  file(): (flight: Flight) => void;
  table(): FlightTable;
}

export function flightTableBuilder(rows: number): FlightTableBuilder {
  const date = new Float64Array(rows);
  const delay = new Int32Array(rows);
  const origin = new Uint16Array(rows);
  const destination = new Uint16Array(rows);
  const mayBeLate = new Uint8Array(rows);
  const lines = new Uint8Array(rows);
  const airports = new Map<string, number>();
  const airportOf = (name: string): number => {
    const known = airports.get(name);
    if (known !== undefined) return known;
    airports.set(name, airports.size);
    return airports.size - 1;
  };
  return {
    file() {
      let newest = Number.NEGATIVE_INFINITY;
      return (flight) => {
        const { id } = flight;
        if (!(id >= 0 && id < rows) || lines[id] !== 0) throw new Error(`The log itself is wrong: flight ${id}`);
        lines[id] = 1;
        date[id] = flight.date;
        delay[id] = flight.delay;
        origin[id] = airportOf(flight.origin);
        destination[id] = airportOf(flight.destination);
        const windowEnd = Math.floor(flight.date / hour) * hour + hour;
        if (newest >= windowEnd + graceAfterWindow) mayBeLate[id] = 1;
        if (flight.date > newest) newest = flight.date;
      };
    },
    table() {
      return { rows, date, delay, origin, destination, mayBeLate, lines, airports: [...airports.keys()] };
    },
  };
}

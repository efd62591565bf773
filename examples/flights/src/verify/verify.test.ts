import { describe, expect, it } from 'vitest';
import type { Flight } from '../data/flight.js';
import { flightTableBuilder } from './flight-table.js';
import type { DepartureRow, FlightRow, JobTables } from './job-tables.js';
import { hour } from './rules.js';
import { verify } from './verify.js';

const flight = (id: number, origin: string, hours: number, delay: number): Flight => ({
  id,
  date: hours * hour,
  delay,
  distance: 100,
  origin,
  destination: 'SFO',
});

/** The second file's 6 and 7 come after a flight of 20:00, and their windows ended at 02:00 and 04:00. */
const files: readonly (readonly Flight[])[] = [
  [flight(0, 'ATL', 1, 5), flight(1, 'ATL', 1.5, 20), flight(2, 'ATL', 1.25, -4), flight(3, 'ATL', 2, 200)],
  [flight(4, 'LAX', 1, 0), flight(5, 'LAX', 20, 15), flight(6, 'LAX', 1.5, 999), flight(7, 'LAX', 3, 181)],
];

const log = (() => {
  const builder = flightTableBuilder(8);
  for (const lines of files) {
    const add = builder.file();
    for (const line of lines) add(line);
  }
  return builder.table();
})();

const flightRow = (id: number): FlightRow => {
  const { origin, destination, date, delay } = files.flat()[id] as Flight;
  return { id, airport: origin, destination, scheduled: date, delay };
};
const departures = (
  airport: string,
  hours: number,
  flights: number,
  delayed: number,
  mean: number,
  p95: number,
  worst: number,
) => ({
  airport,
  hour: hours * hour,
  flights,
  delayed,
  mean,
  p95,
  worst,
});

/** Flight 7 alone makes the window LAX 03:00, so that the window has no row. */
const right: JobTables = {
  departures: [
    departures('ATL', 1, 3, 1, 7, 20, 20),
    departures('ATL', 2, 1, 1, 200, 200, 200),
    departures('LAX', 1, 1, 0, 0, 0, 0),
    departures('LAX', 20, 1, 1, 15, 15, 15),
  ],
  late: [flightRow(7), flightRow(6)],
  alerts: [flightRow(3), flightRow(6), flightRow(7)],
};

const counts = (tables: JobTables) => {
  const { missing, duplicated, different } = verify(log, tables);
  return { missing, duplicated, different };
};
const clean = { missing: 0, duplicated: 0, different: 0 };
const withRow = (index: number, change: Partial<DepartureRow>): JobTables => ({
  ...right,
  departures: right.departures.map((row, at) => (at === index ? { ...row, ...change } : row)),
});

describe('verify', () => {
  it('finds nothing wrong with what is right', () => {
    expect(verify(log, right)).toEqual({ windows: 4, late: 2, alerts: 3, ...clean, examples: [] });
  });

  it('takes the job’s word for what is late only as far as it follows: a flight may also have been in time', () => {
    const inTime: JobTables = {
      ...right,
      departures: [...right.departures, departures('LAX', 3, 1, 1, 181, 181, 181)],
      late: [flightRow(6)],
    };
    expect(counts(inTime)).toEqual(clean);
  });

  it.each<[string, JobTables, Partial<typeof clean>]>([
    ['a window without its row', { ...right, departures: right.departures.slice(1) }, { missing: 3 }],
    ['a flight neither late nor counted', { ...right, late: [flightRow(7)] }, { missing: 1 }],
    ['a late flight whose window has no row, not late', { ...right, late: [flightRow(6)] }, { missing: 1 }],
    ['a window that counts too few', withRow(0, { flights: 2 }), { missing: 1 }],
    ['a window that counts too many', withRow(0, { flights: 5 }), { duplicated: 2 }],
    [
      'a flight both late and counted',
      withRow(2, { flights: 2, delayed: 1, mean: 499.5, p95: 999, worst: 999 }),
      { duplicated: 1 },
    ],
    [
      'a row for a window all of whose flights are late',
      { ...right, departures: [...right.departures, departures('LAX', 3, 1, 1, 181, 181, 181)] },
      { duplicated: 1 },
    ],
    [
      'a row twice',
      { ...right, departures: [...right.departures, ...right.departures.slice(0, 1)] },
      { duplicated: 1 },
    ],
    ['another number of delayed ones', withRow(0, { delayed: 2 }), { different: 1 }],
    ['another mean, by the last bit', withRow(0, { mean: 7.000000000000001 }), { different: 1 }],
    ['another p95', withRow(0, { p95: 5 }), { different: 1 }],
    ['another worst delay', withRow(0, { worst: 21 }), { different: 1 }],
    [
      'a row for an airport without flights',
      { ...right, departures: [...right.departures, departures('XXX', 1, 1, 0, 0, 0, 0)] },
      { different: 1 },
    ],
    [
      'a row for an hour without flights',
      { ...right, departures: [...right.departures, departures('ATL', 5, 1, 0, 0, 0, 0)] },
      { different: 1 },
    ],
    [
      'a row for half an hour',
      { ...right, departures: [...right.departures, departures('ATL', 1.5, 1, 0, 0, 0, 0)] },
      { different: 1 },
    ],
    ['a late flight twice', { ...right, late: [...right.late, flightRow(6)] }, { duplicated: 1 }],
    [
      'a flight in the late table that its file does not let be late',
      { ...withRow(0, { flights: 2, delayed: 1, mean: 8, p95: 20, worst: 20 }), late: [...right.late, flightRow(0)] },
      { different: 1 },
    ],
    ['a late flight changed', { ...right, late: [flightRow(7), { ...flightRow(6), delay: 1 }] }, { different: 1 }],
    ['an unknown late flight', { ...right, late: [...right.late, { ...flightRow(6), id: 8 }] }, { different: 1 }],
    ['an alert missing', { ...right, alerts: right.alerts.slice(1) }, { missing: 1 }],
    ['an alert twice', { ...right, alerts: [...right.alerts, flightRow(3)] }, { duplicated: 1 }],
    ['an alert for a flight that is no alert', { ...right, alerts: [...right.alerts, flightRow(1)] }, { different: 1 }],
    [
      'an alert changed',
      { ...right, alerts: [{ ...flightRow(3), destination: 'XXX' }, ...right.alerts.slice(1)] },
      { different: 1 },
    ],
    ['nothing written at all', { departures: [], late: [], alerts: [] }, { missing: 8 + 3 }],
  ])('catches %s', (_, tables, expected) => {
    expect(counts(tables)).toEqual({ ...clean, ...expected });
    expect(verify(log, tables).examples.length).toBeGreaterThan(0);
  });

  it('lets a flight be late from exactly six hours after its window’s end', () => {
    const lateness = (hours: number): number | undefined => {
      const builder = flightTableBuilder(2);
      const add = builder.file();
      add(flight(0, 'ATL', hours, 0));
      add(flight(1, 'ATL', 1.5, 0));
      return builder.table().mayBeLate[1];
    };
    expect([lateness(8 - 1 / 60), lateness(8)]).toEqual([0, 1]);
  });

  it('does not let an earlier line of another file make a flight late', () => {
    const builder = flightTableBuilder(2);
    builder.file()(flight(0, 'ATL', 20, 0));
    builder.file()(flight(1, 'LAX', 1, 0));
    expect([...builder.table().mayBeLate]).toEqual([0, 0]);
  });

  it('refuses a log with a flight twice or without one', () => {
    const builder = flightTableBuilder(2);
    const add = builder.file();
    add(flight(0, 'ATL', 1, 0));
    expect(() => add(flight(0, 'ATL', 1, 0))).toThrow('log itself is wrong');
    expect(() => verify(builder.table(), { departures: [], late: [], alerts: [] })).toThrow('log itself is wrong');
  });
});

import { createJob, exponentialDelay, fileCheckpoints, type Job, json, keyBy, scanByKey, to } from '@sluice/core';
import { fileSource } from '@sluice/file';
import { postgresSink } from '@sluice/postgres';
import type { Flight } from '../data/flight.js';
import { flightStreams } from './streams.js';
import { transactionPrefix } from './tables.js';

export interface FlightJobOptions {
  readonly paths: readonly string[];
  readonly connectionString: string;
  /** Holds the tables, see `createTables`. */
  readonly schema: string;
  readonly checkpoints: string;
  /** ms */
  readonly checkpointInterval: number;
}

/** The whole job: files in, four tables of Postgres out, exactly once. */
export function flightJob(options: FlightJobOptions, onFlight?: (flight: Flight) => void): Job {
  const { connectionString, schema } = options;
  const source = fileSource({ paths: options.paths, value: json<Flight>() });
  const { departures$, alerts$, late$ } = flightStreams(source, onFlight);
  const where = { connectionString, schema, prefix: transactionPrefix };
  const flightColumns = {
    id: (flight: Flight) => flight.id,
    airport: (flight: Flight) => flight.origin,
    destination: (flight: Flight) => flight.destination,
    scheduled: (flight: Flight) => timestamp(flight.date),
    delay: (flight: Flight) => flight.delay,
  };
  return createJob(
    'flights',
    [
      departures$.pipe(
        to(
          postgresSink({
            ...where,
            table: `${schema}.departures`,
            columns: {
              airport: (row) => row.key,
              hour: (row) => timestamp(row.window.start),
              flights: (row) => row.value.flights,
              delayed: (row) => row.value.delayed,
              mean: (row) => row.value.mean,
              p95: (row) => row.value.p95,
              worst: (row) => row.value.worst,
            },
            upsertOn: ['airport', 'hour'],
          }),
          { uid: 'departures' },
        ),
      ),
      // A row that is upserted again leaves no trace in its table, so how often windows fired is counted here: state of the job like any other.
      departures$.pipe(
        keyBy((row) => row.key),
        scanByKey(
          (firings) => firings + 1,
          () => 0,
          { uid: 'count-firings' },
        ),
        to(
          postgresSink({
            ...where,
            table: `${schema}.firings`,
            columns: { airport: (count) => count.key, firings: (count) => count.value },
            upsertOn: ['airport'],
          }),
          { uid: 'firings' },
        ),
      ),
      alerts$.pipe(
        to(postgresSink({ ...where, table: `${schema}.alerts`, columns: flightColumns, transactional: 'two-phase' }), {
          uid: 'alerts',
        }),
      ),
      late$.pipe(
        to(postgresSink({ ...where, table: `${schema}.late_flights`, columns: flightColumns }), { uid: 'late' }),
      ),
    ],
    {
      guarantee: 'exactly-once',
      checkpoints: { interval: options.checkpointInterval, storage: fileCheckpoints(options.checkpoints) },
      restart: exponentialDelay({ attempts: 5 }),
    },
  );
}

/** As text, because a `Date` would be written in the time zone of this machine. */
function timestamp(time: number): string {
  return new Date(time).toISOString();
}

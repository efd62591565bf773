import {
  aggregate,
  boundedOutOfOrderness,
  fromSource,
  keyBy,
  type Source,
  sideOutput,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { filter, tap } from 'rxjs';
import type { Flight } from '../data/flight.js';
import { departureStatistics } from './departure-statistics.js';

/** Minutes of delay above which somebody wants to know at once. */
const alertAbove = 180;

/**
 * What the job computes, without where it comes from and where it goes: statistics of each airport's hour, the flights that came too late for
 * theirs, and the flights that left more than three hours late.
 */
export function flightStreams(source: Source<Flight>, onFlight: (flight: Flight) => void = () => undefined) {
  const late$ = sideOutput<Flight>('late-flights');
  const flights$ = fromSource(source).pipe(
    withTimestamps((flight) => flight.date, boundedOutOfOrderness('2h'), { every: 0 }),
    tap(onFlight),
  );
  const departures$ = flights$.pipe(
    keyBy((flight) => flight.origin),
    windowBy(tumbling('1h'), { allowedLateness: '4h', late: late$ }),
    aggregate(departureStatistics),
  );
  const alerts$ = flights$.pipe(filter((flight) => flight.delay > alertAbove));
  return { departures$, alerts$, late$ };
}

// Kafka → one row for each trip of a bike → Postgres, exactly once.
import {
  aggregate,
  allOf,
  boundedOutOfOrderness,
  configure,
  countOf,
  createJob,
  failureRate,
  fromSource,
  type Job,
  json,
  keyBy,
  maxOf,
  session,
  sideOutput,
  sumOf,
  to,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { map } from 'rxjs';
import type { Ride } from './ride.js';

const connectionString = 'postgres://localhost/bikes';
const late$ = sideOutput<Ride>('late');

const trips$ = fromSource(
  kafkaSource({ brokers: ['localhost:9092'], topic: 'rides', groupId: 'trips', value: json<Ride>() }),
).pipe(
  withTimestamps((ride) => ride.endedAt, boundedOutOfOrderness('1m'), { idleAfter: '10s' }),
  keyBy((ride) => ride.bike),
  windowBy(session('20m'), { allowedLateness: '2h', late: late$, uid: 'trips' }),
  aggregate(allOf({ legs: countOf(), metres: sumOf((ride) => ride.metres), last: maxOf((ride) => ride.station) })),
  configure({ name: 'trips of a bike', parallelism: 1 }),
  map(({ key, window, value }) => ({ bike: key, from: window.start, until: window.end, ...value })),
  to(
    postgresSink({
      connectionString,
      table: 'trips',
      upsertOn: ['bike', 'began'],
      columns: {
        bike: (trip) => trip.bike.toFixed(),
        began: (trip) => new Date(trip.from),
        ended: (trip) => new Date(trip.until),
        legs: (trip) => trip.legs,
        last_station: (trip) => trip.last.toLowerCase(),
      },
    }),
  ),
);
const lateRides$ = late$.pipe(
  to(
    postgresSink({
      connectionString,
      table: 'late_rides',
      transactional: 'two-phase',
      columns: { bike: (ride) => ride.bike, metres: (ride) => ride.metres.toFixed(1) },
    }),
  ),
);

export const job: Job = createJob('trips', [trips$, lateRides$], {
  guarantee: 'exactly-once',
  checkpoints: { interval: '5s', storage: postgresCheckpoints({ connectionString }), retained: 3 },
  restart: failureRate({ max: 3, per: '10m' }),
});

// @ts-expect-error a flow that ends in no sink
createJob('nowhere', late$);
// @ts-expect-error the sink's columns do not read rides
late$.pipe(to(postgresSink<{ name: string }>({ connectionString, table: 't', columns: { name: (row) => row.name } })));

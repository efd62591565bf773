import {
  aggregate,
  allOf,
  boundedOutOfOrderness,
  countOf,
  createJob,
  distinctCountOf,
  exponentialDelay,
  fromSource,
  type Job,
  json,
  keyBy,
  type Source,
  session,
  sideOutput,
  to,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { map } from 'rxjs';
import type { PageView } from './page-view.js';

/** Views of one user that are less than five minutes apart are a session. */
export function sessionsOf(views: Source<PageView>) {
  const late$ = sideOutput<PageView>('late-views');
  const sessions$ = fromSource(views).pipe(
    withTimestamps((view) => view.at, boundedOutOfOrderness('30s'), { idleAfter: '5s' }),
    keyBy((view) => view.user),
    windowBy(session('5m'), { allowedLateness: '10m', late: late$ }),
    aggregate(allOf({ views: countOf(), pages: distinctCountOf((view) => view.page) })),
    map(({ key, window, value }) => ({ user: key, began: window.start, ended: window.end, ...value })),
  );
  return { sessions$, late$ };
}

/** Kafka in, Postgres out; rows, state and offsets become durable in one transaction of Postgres. */
export function sessionsJob(name: string, brokers: readonly string[], connectionString: string): Job {
  const views = kafkaSource({
    brokers,
    topic: name,
    groupId: name,
    startingOffsets: 'earliest',
    value: json<PageView>(),
  });
  const { sessions$, late$ } = sessionsOf(views);
  const where = { connectionString, schema: name };
  return createJob(
    name,
    [
      sessions$.pipe(
        to(
          postgresSink({
            ...where,
            table: `"${name}".firings`,
            columns: {
              visitor: (row) => row.user,
              began: (row) => row.began,
              ended: (row) => row.ended,
              views: (row) => row.views,
              pages: (row) => row.pages,
            },
          }),
        ),
      ),
      late$.pipe(
        to(
          postgresSink({
            ...where,
            table: `"${name}".late_views`,
            columns: { visitor: (view) => view.user, page: (view) => view.page, at: (view) => view.at },
          }),
        ),
      ),
    ],
    {
      guarantee: 'exactly-once',
      restart: exponentialDelay({ attempts: 3 }),
      checkpoints: { interval: '1s', storage: postgresCheckpoints(where) },
    },
  );
}

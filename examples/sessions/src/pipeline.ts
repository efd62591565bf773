import {
  aggregate,
  allOf,
  boundedOutOfOrderness,
  countOf,
  createJob,
  distinctCountOf,
  fileCheckpoints,
  fromSource,
  type Job,
  keyBy,
  maxBy,
  minBy,
  type SideOutput,
  type Source,
  session,
  sideOutput,
  to,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { fileSink, ndjson } from '@sluice/file';
import { map } from 'rxjs';

export interface View {
  readonly visitor: string;
  readonly page: string;
  readonly at: number;
}

/** What a visitor did without a pause of half an hour. */
export interface Session {
  readonly visitor: string;
  readonly from: string;
  readonly minutes: number;
  readonly views: number;
  readonly pages: number;
  readonly entry: string;
  readonly exit: string;
}

export const PAUSE = 30 * 60_000;

/** Views come up to a minute out of order; those that are later still go to `late`. */
export function sessionsOf(views: Source<View>, late: SideOutput<View>) {
  return fromSource(views).pipe(
    withTimestamps((view) => view.at, boundedOutOfOrderness('1m')),
    keyBy((view) => view.visitor),
    windowBy(session(PAUSE), { late }),
    aggregate(
      allOf({
        views: countOf(),
        pages: distinctCountOf((view) => view.page),
        first: minBy((view) => view.at),
        last: maxBy((view) => view.at),
      }),
    ),
    map(
      ({ key, value: { views, pages, first, last } }): Session => ({
        visitor: key,
        from: new Date(first.at).toISOString(),
        minutes: Math.round((last.at - first.at) / 60_000),
        views,
        pages,
        entry: first.page,
        exit: last.page,
      }),
    ),
  );
}

export interface SessionsOptions {
  readonly name: string;
  readonly source: Source<View>;
  /** Folders that are there. */
  readonly sessions: string;
  readonly late: string;
  readonly checkpoints: string;
}

/** Sessions in one folder, late views in the other: files appear whole, and nothing is in them twice. */
export function sessionsJob({ name, source, sessions, late, checkpoints }: SessionsOptions): Job {
  const late$ = sideOutput<View>('late');
  const roll = { everyCheckpoint: true };
  return createJob(
    name,
    [
      sessionsOf(source, late$).pipe(to(fileSink<Session>({ directory: sessions, format: ndjson(), roll }))),
      late$.pipe(to(fileSink<View>({ directory: late, format: ndjson(), roll }))),
    ],
    { guarantee: 'exactly-once', checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) } },
  );
}

import { aggregate, boundedOutOfOrderness, countOf, keyBy, tumbling, windowBy, withTimestamps } from '@sluice/core';
import { map, type Observable } from 'rxjs';
import type { Click } from './app.js';

/** Clicks of a user in one minute of event time. */
export interface ClicksPerMinute {
  readonly user: string;
  readonly minute: string;
  readonly clicks: number;
}

/** The four lines: an Observable in, an Observable out, and no job. */
export function clicksPerMinute(clicks$: Observable<Click>): Observable<ClicksPerMinute> {
  return clicks$.pipe(
    withTimestamps((click) => click.at, boundedOutOfOrderness('5s'), { every: 0 }),
    keyBy((click) => click.user),
    windowBy(tumbling('1m')),
    aggregate(countOf()),
    map(({ key, window, value }) => ({ user: key, minute: new Date(window.start).toISOString(), clicks: value })),
  );
}

import {
  aggregate,
  boundedOutOfOrderness,
  countOf,
  createJob,
  fileCheckpoints,
  fromSource,
  type Job,
  keyBy,
  type Sink,
  type Source,
  sliding,
  to,
  topOf,
  tumbling,
  windowAll,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { map } from 'rxjs';

export interface Mention {
  readonly topic: string;
  readonly at: number;
}

/** The topics of the last minute, the most mentioned first. */
export interface Ranking {
  /** The end of the minute. */
  readonly at: number;
  readonly topics: readonly { readonly topic: string; readonly mentions: number }[];
}

export const SHOWN = 10;
/** Counts go back so far, and are made anew so often. */
export const WINDOW = 60_000;
export const SLIDE = 5_000;

/**
 * Counts of each topic over a sliding minute; then, over the counts that end together, the largest. A count's timestamp is the last
 * millisecond of its window, so all of one minute fall into the same window of the second step.
 */
export function rankingsOf(mentions: Source<Mention>) {
  return fromSource(mentions).pipe(
    withTimestamps((mention) => mention.at, boundedOutOfOrderness('2s')),
    keyBy((mention) => mention.topic),
    windowBy(sliding(WINDOW, SLIDE)),
    aggregate(countOf()),
    windowAll(tumbling(SLIDE)),
    aggregate(topOf(SHOWN, (count) => count.value)),
    map(
      ({ window, value }): Ranking => ({
        at: window.end,
        topics: value.map((count) => ({ topic: count.key, mentions: count.value })),
      }),
    ),
  );
}

export interface RankingsOptions {
  readonly name: string;
  readonly source: Source<Mention>;
  readonly rankings: Sink<Ranking>;
  readonly checkpoints: string;
}

export function rankingsJob({ name, source, rankings, checkpoints }: RankingsOptions): Job {
  return createJob(name, rankingsOf(source).pipe(to(rankings)), {
    checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
  });
}

import {
  aggregateByKey,
  asyncMap,
  createJob,
  exponentialDelay,
  fileCheckpoints,
  fromSource,
  type Job,
  json,
  type Keyed,
  keyBy,
  type Sink,
  type Source,
  sumOf,
  to,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { redisSortedSetSink } from '@sluice/redis';

export interface Score {
  readonly player: number;
  readonly points: number;
}

/** What is known about a player: asked of a service for each score. */
export interface Player {
  readonly name: string;
  /** Points count as many times. */
  readonly factor: number;
}

export type Lookup = (player: number, signal: AbortSignal) => Promise<Player>;

/** Each score with its player, and of each player the running total. The lookup is slow and fails: 32 at a time, and again after a pause. */
export function totalsOf(scores: Source<Score>, lookup: Lookup) {
  return fromSource(scores).pipe(
    asyncMap(async ({ player, points }, { signal }) => ({ ...(await lookup(player, signal)), points }), {
      concurrency: 32,
      timeout: '500ms',
      retry: { attempts: 8, delay: '20ms', maxDelay: '1s' },
    }),
    keyBy((score) => score.name),
    aggregateByKey(sumOf((score) => score.points * score.factor)),
  );
}

export interface LeaderboardOptions {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly redis: string;
  readonly checkpoints: string;
  readonly lookup: Lookup;
}

/** Kafka in, a sorted set of Redis out: written absolutely and with versions, so that what is repeated after a crash changes nothing. */
export function leaderboardJob({ name, brokers, redis, checkpoints, lookup }: LeaderboardOptions): Job {
  const scores = kafkaSource({
    brokers,
    topic: name,
    groupId: name,
    startingOffsets: 'earliest',
    value: json<Score>(),
  });
  const board: Sink<Keyed<string, number>> = redisSortedSetSink({
    url: redis,
    key: () => name,
    member: ({ key }) => key,
    score: ({ value }) => value,
  });
  return createJob(name, totalsOf(scores, lookup).pipe(to(board)), {
    guarantee: 'exactly-once',
    restart: exponentialDelay({ attempts: 3 }),
    checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
  });
}

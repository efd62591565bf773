import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import type { VersionedSinkOptions } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { versionedSink } from './sink/versioned-sink.js';
import { sortedSetShape } from './sorted-set-shape.js';

export interface RedisSortedSetSinkOptions<T> extends VersionedSinkOptions<T> {
  /** The member of the sorted set. */
  readonly member: (value: T) => string;
  /** Its score from now on, absolute and never an increment; `null` removes it. */
  readonly score: (value: T) => number | null;
}

/**
 * Leaderboards: each element sets the score of a member of a Redis sorted set, and the newest score of each member stays, effectively once.
 *
 * As in `redisHashSink`, but each member has a version of its own, in a hash beside the set: `{key}:sluice`, or `key:sluice` where the key has a
 * {tag} itself. It costs about as much memory again as the set. Removed members are remembered in it until `tombstone` is over, and forgotten
 * when others are removed later. Whoever deletes a board deletes both keys.
 *
 * @param options `url` (or `connection`, or `cluster`), `key`, `member` and `score`; the rest as in `redisHashSink`.
 *
 * Errors: those of `redisHashSink`.
 *
 * @example
 * const sink = redisSortedSetSink<{ game: string; player: string; points: number }>({
 *   url: 'redis://localhost:6379',
 *   key: (r) => `board:${r.game}`,
 *   member: (r) => r.player,
 *   score: (r) => r.points,
 * });
 */
export function redisSortedSetSink<T>(options: RedisSortedSetSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisSortedSetSink';
  const settings = sinkSettings(component, options);
  const { member, score } = options;
  option.callback(component, 'member', member);
  option.callback(component, 'score', score);
  return versionedSink(settings, sortedSetShape(component, member, score));
}

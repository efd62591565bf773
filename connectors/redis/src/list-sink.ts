import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import { listShape } from './list-shape.js';
import type { RedisValue, VersionedSinkOptions } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { versionedSink } from './sink/versioned-sink.js';

export interface RedisListSinkOptions<T> extends VersionedSinkOptions<T> {
  /** All items of the list, first to last; `null` or none at all deletes it. */
  readonly items: (value: T) => readonly RedisValue[] | null;
}

/**
 * Redis lists, one for each window or other key: each element replaces the whole list of its key in one step, and the newest one stays, effectively
 * once. Lists are not appended to, because an append that is repeated after a restart would be in the list twice.
 *
 * As in `redisHashSink`, but the version is in a key of its own beside the list: `{key}:sluice`, or `key:sluice` where the key has a {tag} itself.
 *
 * @param options `url` (or `connection`, or `cluster`), `key` and `items`; the rest as in `redisHashSink`.
 *
 * Errors: those of `redisHashSink`.
 *
 * @example
 * const sink = redisListSink<{ window: { start: number }; value: readonly string[] }>({
 *   url: 'redis://localhost:6379',
 *   key: (r) => `hottest:${r.window.start}`,
 *   items: (r) => r.value,
 *   expire: '1d',
 * });
 */
export function redisListSink<T>(options: RedisListSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisListSink';
  const settings = sinkSettings(component, options);
  const { items } = options;
  option.callback(component, 'items', items);
  return versionedSink(settings, listShape(component, items));
}

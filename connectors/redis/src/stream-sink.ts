import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import type { RedisSinkOptions, RedisValue } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { versionedSink } from './sink/versioned-sink.js';
import { streamShape } from './stream-shape.js';

export interface RedisStreamSinkOptions<T> extends RedisSinkOptions<T> {
  /** The entry's id, `milliseconds-sequence`, which has to go up within a stream and to be the same when the element comes again. */
  readonly id: (value: T) => string;
  /** The entry, at least one field. */
  readonly fields: (value: T) => Readonly<Record<string, RedisValue>>;
  /** About how many entries a stream keeps: the oldest ones go. Default all. */
  readonly maxLength?: number;
}

/**
 * Entries of Redis streams under ids that the elements determine, so that each is there once, however often it is written.
 *
 * An entry whose id is there already is taken as written, and so is one that has been trimmed or deleted since. One that is below the last of its
 * stream and was never there came out of order, which Redis cannot take: it is rejected, never dropped. A key beside the stream, `{key}:sluice`
 * (or `key:sluice` where the key has a {tag} itself), keeps runs out that were replaced.
 *
 * @param options `url` (or `connection`, or `cluster`), `key` (of the stream), `id` and `fields`; `maxLength`; `prefix`, `expire`, `maxBatchCount`,
 * `maxBatchBytes`, `linger` and the timeouts as in `redisHashSink`.
 *
 * Errors: those of `redisHashSink`, and SLUICE_REDIS_STREAM_ORDER to the `rejected` output.
 *
 * @example
 * const sink = redisStreamSink<{ partition: number; offset: number; text: string }>({
 *   url: 'redis://localhost:6379',
 *   key: (r) => `events:${r.partition}`,
 *   id: (r) => `${r.offset + 1}-0`,
 *   fields: (r) => ({ text: r.text }),
 *   maxLength: 1_000_000,
 * });
 */
export function redisStreamSink<T>(options: RedisStreamSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisStreamSink';
  const settings = sinkSettings(component, options);
  const { id, fields, maxLength } = options;
  option.callback(component, 'id', id);
  option.callback(component, 'fields', fields);
  const bounded = maxLength === undefined || (Number.isSafeInteger(maxLength) && maxLength > 0);
  option.require(component, bounded, 'maxLength', 'a whole number from 1', String(maxLength));
  return versionedSink(settings, streamShape(component, id, fields, maxLength));
}

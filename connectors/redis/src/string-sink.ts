import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import type { RedisValue, VersionedSinkOptions } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { argumentOf } from './sink/value.js';
import { versionedSink } from './sink/versioned-sink.js';
import { stringShape } from './string-shape.js';

export interface RedisStringSinkOptions<T> extends VersionedSinkOptions<T> {
  /** What the key holds afterwards; `null` deletes it. */
  readonly value: (value: T) => RedisValue | null;
}

/**
 * Redis strings: each element sets the value of its key, and the newest one stays, effectively once.
 *
 * As in `redisHashSink`, but the version is in a key of its own beside the value: `{key}:sluice`, or `key:sluice` where the key has a {tag} itself.
 * With `expire` both go together; of a deleted value the version stays until `tombstone` is over.
 *
 * @param options `url` (or `connection`, or `cluster`), `key` and `value`; the rest as in `redisHashSink`.
 *
 * Errors: those of `redisHashSink`.
 *
 * @example
 * const sink = redisStringSink<{ sensor: string; celsius: number }>({
 *   url: 'redis://localhost:6379',
 *   key: (r) => `temperature:${r.sensor}`,
 *   value: (r) => r.celsius,
 *   expire: '1d',
 * });
 */
export function redisStringSink<T>(options: RedisStringSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisStringSink';
  const settings = sinkSettings(component, options);
  const { value } = options;
  option.callback(component, 'value', value);
  const encode = (element: T) => {
    const made = value(element);
    return made === null ? null : argumentOf(component, '`value`', made);
  };
  return versionedSink(settings, stringShape(component, encode));
}

import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import { hashShape } from './hash-shape.js';
import type { RedisValue, VersionedSinkOptions } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { versionedSink } from './sink/versioned-sink.js';

export interface RedisHashSinkOptions<T> extends VersionedSinkOptions<T> {
  /** The fields to set; a field that is `null` is removed. `null` instead of fields deletes the hash. */
  readonly fields: (value: T) => Readonly<Record<string, RedisValue | null>> | null;
  /** What becomes of fields that are not named: `'merge'` (default) leaves them, `'replace'` removes them. */
  readonly mode?: 'merge' | 'replace';
  /** The field that holds the version. Default `'_sluice'`. */
  readonly versionField?: string;
}

/**
 * Redis hashes, one for each key: the newest write of a key stays, effectively once.
 *
 * Writes in batches, and at each checkpoint what is left. One Lua script compares the version kept in the hash, in the field `versionField`, with
 * the element's, and sets; so what is repeated after a restart changes nothing, and a run that was replaced can change nothing. The version is made of a
 * number that goes up with each start and of the element's place in the run; give `version` to have older elements lose as well.
 *
 * A deleted hash is gone but for `versionField`, until `tombstone` is over.
 *
 * @param options `url` (or `connection`, or `cluster`), `key` and `fields`; `mode`, `versionField`; `prefix`, `version`, `expire`, `tombstone`,
 * `maxBatchCount`, `maxBatchBytes`, `linger`, `connectTimeout`, `commandTimeout`, `retryTimeout` as in `VersionedSinkOptions`.
 *
 * Errors at once: SLUICE_REDIS_OPTIONS. Before the job starts: SLUICE_REDIS_UNREACHABLE, SLUICE_REDIS_AUTH, SLUICE_REDIS_VERSION,
 * SLUICE_REDIS_CLUSTER, SLUICE_REDIS_READ_ONLY, SLUICE_REDIS_COMMAND. While it runs: SLUICE_REDIS_VALUE and SLUICE_REDIS_REFUSED to the
 * `rejected` output; SLUICE_REDIS_UNAVAILABLE after `retryTimeout`, SLUICE_REDIS_KEY_SHARED and SLUICE_FENCED fail the run.
 *
 * @example
 * const sink = redisHashSink<{ user: string; clicks: number }>({
 *   url: 'redis://localhost:6379',
 *   key: (r) => `user:${r.user}`,
 *   fields: (r) => ({ clicks: r.clicks }),
 * });
 */
export function redisHashSink<T>(options: RedisHashSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisHashSink';
  const settings = sinkSettings(component, options);
  const { fields, mode = 'merge', versionField = '_sluice' } = options;
  option.callback(component, 'fields', fields);
  option.require(component, mode === 'merge' || mode === 'replace', 'mode', "'merge' or 'replace'", String(mode));
  const named = typeof versionField === 'string' && versionField !== '';
  option.require(component, named, 'versionField', 'a name', typeof versionField);
  return versionedSink(settings, hashShape(component, fields, mode, versionField));
}

import type { IdempotentSink } from '@sluice/connector-sdk';
import { option } from './connection/option.js';
import { jsonModuleShape } from './json-module-shape.js';
import type { VersionedSinkOptions } from './sink/sink-options.js';
import { sinkSettings } from './sink/sink-settings.js';
import { kindOf, unfit } from './sink/value.js';
import { versionedSink } from './sink/versioned-sink.js';
import { stringShape } from './string-shape.js';

export interface RedisJsonSinkOptions<T> extends VersionedSinkOptions<T> {
  /** The document, as `JSON.stringify` takes it; `null` deletes it. Default: the element itself. */
  readonly value?: (value: T) => unknown;
  /** `'string'` (default): JSON text in a Redis string. `'module'`: by JSON.SET, on a server with RedisJSON. */
  readonly storage?: 'string' | 'module';
}

/**
 * JSON documents in Redis: each element replaces the document of its key, and the newest one stays, effectively once.
 *
 * As `redisStringSink`, with the version in the same place. With `storage: 'module'` the document is set by JSON.SET at its root, so that RedisJSON and
 * its search can work with it.
 *
 * @param options `url` (or `connection`, or `cluster`) and `key`; `value`, `storage`; the rest as in `redisHashSink`.
 *
 * Errors: those of `redisHashSink`, and SLUICE_REDIS_MODULE before the job starts when `storage` asks for a module that is not there.
 *
 * @example
 * const sink = redisJsonSink<{ id: string; tags: string[] }>({ url: 'redis://localhost:6379', key: (d) => `doc:${d.id}` });
 */
export function redisJsonSink<T>(options: RedisJsonSinkOptions<T>): IdempotentSink<T> {
  const component = 'redisJsonSink';
  const settings = sinkSettings(component, options);
  const { value = (element: T): unknown => element, storage = 'string' } = options;
  option.callback(component, 'value', value);
  const known = storage === 'string' || storage === 'module';
  option.require(component, known, 'storage', "'string' or 'module'", String(storage));
  const encode = (element: T): string | null => {
    const document = value(element);
    return document === null ? null : jsonText(component, document);
  };
  return versionedSink(
    settings,
    storage === 'string' ? stringShape(component, encode) : jsonModuleShape(component, encode),
  );
}

function jsonText(component: string, document: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(document);
  } catch {
    // Its message may quote the names of the document.
  }
  if (text === undefined) throw unfit(component, '`value` to give what JSON can hold', kindOf(document));
  return text;
}

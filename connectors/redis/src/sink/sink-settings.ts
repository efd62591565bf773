import { type ConnectionSettings, connectionSettings } from '../connection/connection-settings.js';
import { option } from '../connection/option.js';
import type { RedisSinkOptions, VersionedSinkOptions } from './sink-options.js';

/** The options that all sinks share, checked and with the defaults in; durations in milliseconds. */
export interface SinkSettings<T> {
  readonly component: string;
  readonly connection: ConnectionSettings;
  readonly prefix: string;
  readonly key: (value: T) => string;
  readonly version: ((value: T) => number | bigint) | undefined;
  /** 0: never. */
  readonly expire: number;
  readonly tombstone: number;
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly linger: number;
}

const MAX_COUNT = 1000;
const MAX_BYTES = 1024 * 1024;

/** Errors: SLUICE_REDIS_OPTIONS. */
export function sinkSettings<T>(
  component: string,
  options: RedisSinkOptions<T> & Partial<Pick<VersionedSinkOptions<T>, 'version' | 'tombstone'>>,
): SinkSettings<T> {
  const connection = connectionSettings(component, options);
  const { key, prefix = '', version, expire, tombstone = '1h', linger = '100ms' } = options;
  const { maxBatchCount = MAX_COUNT, maxBatchBytes = MAX_BYTES } = options;
  option.callback(component, 'key', key);
  if (version !== undefined) option.callback(component, 'version', version);
  option.require(component, typeof prefix === 'string', 'prefix', 'a text', typeof prefix);
  for (const [name, bound] of Object.entries({ maxBatchCount, maxBatchBytes })) {
    option.wholeNumber(component, name, bound, 1, Number.MAX_SAFE_INTEGER);
  }
  return {
    component,
    connection,
    prefix,
    key,
    version,
    expire: expire === undefined ? 0 : option.duration(component, 'expire', expire, 1, Number.MAX_SAFE_INTEGER),
    tombstone: option.duration(component, 'tombstone', tombstone, 1, Number.MAX_SAFE_INTEGER),
    maxCount: maxBatchCount,
    maxBytes: maxBatchBytes,
    linger: option.duration(component, 'linger', linger, 1),
  };
}

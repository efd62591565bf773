import {
  type ConnectionSettings,
  connectionSettings,
  positive,
  requireOption,
} from '../connection/connection-settings.js';
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
  requireFunction(component, 'key', key);
  if (version !== undefined) requireFunction(component, 'version', version);
  requireOption(component, typeof prefix === 'string', 'prefix', 'a text', typeof prefix);
  for (const [name, bound] of Object.entries({ maxBatchCount, maxBatchBytes })) {
    requireOption(component, Number.isSafeInteger(bound) && bound > 0, name, 'a whole number from 1', String(bound));
  }
  return {
    component,
    connection,
    prefix,
    key,
    version,
    expire: expire === undefined ? 0 : positive(component, 'expire', expire),
    tombstone: positive(component, 'tombstone', tombstone),
    maxCount: maxBatchCount,
    maxBytes: maxBatchBytes,
    linger: positive(component, 'linger', linger),
  };
}

export function requireFunction(component: string, name: string, value: unknown): void {
  requireOption(component, typeof value === 'function', name, 'a function of the element', typeof value);
}

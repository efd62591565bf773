import { resolve } from 'node:path';
import { type Duration, milliseconds } from '@sluice/connector-sdk';
import { requireOption, requireOptions } from '../files-settings.js';
import { type Compression, compressionOf } from './compression.js';
import type { PartFormat } from './part-format.js';
import type { FileSinkOptions } from './sink-options.js';

/** `FileSinkOptions`, checked and with the defaults in. */
export interface FileSinkSettings<T> {
  readonly component: string;
  /** Absolute, so that a later change of the working directory does not move it. */
  readonly directory: string;
  readonly format: PartFormat<T>;
  readonly compression: Compression | undefined;
  readonly extension: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly inactivityMs: number;
  readonly everyCheckpoint: boolean;
  readonly bucketOf: (value: T, timestamp: number) => string;
  readonly maxOpenBuckets: number;
  readonly prefix: string;
}

const MAX_BYTES = 128 * 1024 * 1024;

/** @throws SLUICE_FILE_OPTIONS, SLUICE_FILE_ZSTD */
export function fileSinkSettings<T>(component: string, options: FileSinkOptions<T>): FileSinkSettings<T> {
  requireOptions(component, options);
  const { directory, format, compression, roll = {}, bucketOf, maxOpenBuckets = 64, prefix = 'part' } = options;
  requireOption(component, typeof roll === 'object' && roll !== null, 'roll', 'an object', roll);
  const { maxBytes = MAX_BYTES, maxAge = '1m', inactivity = '1m', everyCheckpoint = false } = roll;
  const check = (valid: boolean, name: string, expected: string, actual: unknown): void =>
    requireOption(component, valid, name, expected, actual);
  check(typeof directory === 'string' && directory !== '', 'directory', 'the path of a folder', directory);
  check(typeof format?.encode === 'function', 'format', 'a format, as ndjson() and csvRows() are', format);
  check(
    /^(\.[A-Za-z0-9]{1,16}){1,2}$/.test(format.extension),
    'format',
    'an extension of letters and digits, as .txt',
    format.extension,
  );
  check(
    compression === undefined || compression === 'gzip' || compression === 'zstd',
    'compression',
    "'gzip' or 'zstd'",
    compression,
  );
  check(isCount(maxBytes), 'roll.maxBytes', 'a whole number of bytes, at least 1', maxBytes);
  check(typeof everyCheckpoint === 'boolean', 'roll.everyCheckpoint', 'true or false', everyCheckpoint);
  check(bucketOf === undefined || typeof bucketOf === 'function', 'bucketOf', 'a function', bucketOf);
  check(isCount(maxOpenBuckets), 'maxOpenBuckets', 'a whole number, at least 1', maxOpenBuckets);
  check(
    typeof prefix === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(prefix),
    'prefix',
    'at most 64 letters, digits, _ and -, the first one a letter or digit',
    prefix,
  );
  const duration = (name: string, value: Duration): number => {
    const ms = milliseconds(value);
    check(ms >= 1, name, 'a duration of at least 1 ms', value);
    return ms;
  };
  const compressed = compression === undefined ? undefined : compressionOf(component, compression);
  return {
    component,
    directory: resolve(directory),
    format,
    compression: compressed,
    extension: `${format.extension}${compressed?.extension ?? ''}`,
    maxBytes,
    maxAgeMs: duration('roll.maxAge', maxAge),
    inactivityMs: duration('roll.inactivity', inactivity),
    everyCheckpoint,
    bucketOf: bucketOf ?? (() => ''),
    maxOpenBuckets,
    prefix,
  };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

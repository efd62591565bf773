import { resolve } from 'node:path';
import { shownOption } from '@sluice/connector-sdk';
import { option } from '../option.js';
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
  option.object(component, 'options', options);
  const { directory, format, compression, roll = {}, bucketOf, maxOpenBuckets = 64, prefix = 'part' } = options;
  option.object(component, 'roll', roll);
  const { maxBytes = MAX_BYTES, maxAge = '1m', inactivity = '1m', everyCheckpoint = false } = roll;
  const check = (valid: boolean, name: string, expected: string, actual: unknown): void =>
    option.require(component, valid, name, expected, shownOption(actual));
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
  check(
    typeof prefix === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(prefix),
    'prefix',
    'at most 64 letters, digits, _ and -, the first one a letter or digit',
    prefix,
  );
  const compressed = compression === undefined ? undefined : compressionOf(component, compression);
  return {
    component,
    directory: resolve(directory),
    format,
    compression: compressed,
    extension: `${format.extension}${compressed?.extension ?? ''}`,
    maxBytes: option.wholeNumber(component, 'roll.maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER),
    maxAgeMs: option.duration(component, 'roll.maxAge', maxAge, 1, Number.MAX_SAFE_INTEGER),
    inactivityMs: option.duration(component, 'roll.inactivity', inactivity, 1, Number.MAX_SAFE_INTEGER),
    everyCheckpoint: option.trueOrFalse(component, 'roll.everyCheckpoint', everyCheckpoint),
    bucketOf: bucketOf === undefined ? () => '' : option.callback(component, 'bucketOf', bucketOf),
    maxOpenBuckets: option.wholeNumber(component, 'maxOpenBuckets', maxOpenBuckets, 1, Number.MAX_SAFE_INTEGER),
    prefix,
  };
}

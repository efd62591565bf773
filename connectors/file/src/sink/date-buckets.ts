import { SluiceError, shownOption } from '@sluice/connector-sdk';
import { option } from '../option.js';

const TOKENS = /yyyy|MM|dd|HH|mm/g;

/**
 * A bucket for each date, in UTC: `bucketOf` of `fileSink` for a pattern.
 *
 * @param pattern `yyyy`, `MM`, `dd`, `HH` and `mm`, with `/` between folders; everything else is taken as it is
 * @param timeOf epoch milliseconds of a value; its event time when left out
 * @throws SLUICE_FILE_OPTIONS at once for a pattern without a date in it; SLUICE_FILE_BUCKET (to the `rejected` output) for a value
 * without a time
 *
 * @example
 * fileSink({ directory: 'out', format: ndjson<Click>(), bucketOf: dateBuckets('yyyy-MM-dd/HH') });
 */
export function dateBuckets<T>(
  pattern: string,
  timeOf: (value: T, timestamp: number) => number = (_value, timestamp) => timestamp,
): (value: T, timestamp: number) => string {
  const valid = typeof pattern === 'string' && pattern.search(TOKENS) >= 0;
  option.require('dateBuckets', valid, 'pattern', 'one with yyyy, MM, dd, HH or mm in it', shownOption(pattern));
  let lastMinute = Number.NaN;
  let last = '';
  return (value, timestamp) => {
    const minute = Math.floor(timeOf(value, timestamp) / 60_000);
    if (minute === lastMinute) return last;
    last = bucketAt(pattern, minute * 60_000);
    lastMinute = minute;
    return last;
  };
}

function bucketAt(pattern: string, time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw withoutTime();
  const parts: Readonly<Record<string, number>> = {
    yyyy: date.getUTCFullYear(),
    MM: date.getUTCMonth() + 1,
    dd: date.getUTCDate(),
    HH: date.getUTCHours(),
    mm: date.getUTCMinutes(),
  };
  return pattern.replace(TOKENS, (token) => String(parts[token]).padStart(token.length, '0'));
}

function withoutTime(): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_BUCKET',
    component: 'dateBuckets',
    expected: 'a time for every value',
    actual: 'none',
    remedy: 'put `withTimestamps` before the sink, or give dateBuckets the function that tells the time',
  });
}

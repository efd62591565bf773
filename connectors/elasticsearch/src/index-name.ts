import type { ElasticsearchSinkOptions } from './sink-options.js';

/** Which index an element goes to. */
export interface IndexName<T> {
  of(value: T): string;
  /** The one index of all elements, where there is one. */
  readonly fixed: string | undefined;
  /** What all of them match, where that is known. */
  readonly wildcard: string | undefined;
}

const PARTS: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => digits(date.getUTCFullYear(), 4),
  MM: (date) => digits(date.getUTCMonth() + 1, 2),
  dd: (date) => digits(date.getUTCDate(), 2),
  HH: (date) => digits(date.getUTCHours(), 2),
};
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** A time that no index has a name for. */
export class NoSuchTime extends RangeError {}

/** What is wrong with the option, in the words that follow "expected"; otherwise how it names indices. */
export function indexName<T>(index: ElasticsearchSinkOptions<T>['index']): IndexName<T> | string {
  if (typeof index === 'function') return { of: index, fixed: undefined, wildcard: undefined };
  if (typeof index === 'string') {
    return isIndexName(index) ? { of: () => index, fixed: index, wildcard: index } : INDEX_NAME;
  }
  if (typeof index?.pattern !== 'string' || typeof index.timeOf !== 'function') {
    return 'a name, a function, or `pattern` and `timeOf`';
  }
  const name = datedName(index.pattern);
  if (typeof name === 'string') return name;
  const { timeOf, pattern } = index;
  return { of: (value) => name(timeOf(value)), fixed: undefined, wildcard: pattern.replaceAll(/\{[^{}]*\}/g, '*') };
}

const INDEX_NAME =
  'an index name: at most 255 bytes, small letters, none of \\ / * ? " < > | # : , and blanks, not beginning with - _ +';

/** As the server has it; names of remote clusters and date mathematics are not among them. */
export function isIndexName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > 255) return false;
  return name === name.toLowerCase() && !/[\\/*?"<>| ,#:\s]/.test(name) && !/^[-_+]/.test(name);
}

/** A function of epoch milliseconds, in UTC; or what the pattern should be. @throws NoSuchTime by the function */
export function datedName(pattern: string): ((at: number) => string) | string {
  const pieces: ((date: Date) => string)[] = [];
  for (const piece of pattern.split(/(\{[^{}]*\})/)) {
    if (!piece.startsWith('{')) {
      if (/[{}]/.test(piece)) return 'a pattern whose braces match';
      pieces.push(() => piece);
      continue;
    }
    for (const token of piece.slice(1, -1).split(/(yyyy|MM|dd|HH)/)) {
      const part = Object.hasOwn(PARTS, token) ? PARTS[token] : undefined;
      if (part === undefined && /[a-zA-Z]/.test(token)) return 'a pattern of yyyy, MM, dd and HH within braces';
      pieces.push(part ?? (() => token));
    }
  }
  const nameAt = (at: number) => {
    if (!(at >= EARLIEST && at <= LATEST)) throw new NoSuchTime('no time between the years 1 and 9999');
    const date = new Date(at);
    return pieces.map((piece) => piece(date)).join('');
  };
  if (nameAt(0) === nameAt(LATEST)) return 'a pattern with yyyy, MM, dd or HH within braces';
  return isIndexName(nameAt(0)) ? nameAt : INDEX_NAME;
}

function digits(n: number, width: number): string {
  return String(n).padStart(width, '0');
}

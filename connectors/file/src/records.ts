const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Whole records, one after another: lines of a file, or rows of a CSV file, which may hold newlines in quotes. */
export interface Records {
  readonly bytes: Buffer;
  /** Where `bytes` begins in the (decompressed) file. */
  readonly offset: number;
  /** Where the first record begins in `bytes`. */
  readonly start: number;
  /** Where each record ends in `bytes`, its terminator included: the next one begins there. At least one. */
  readonly ends: readonly number[];
}

/** A record over the limit. */
export interface LongRecord {
  readonly offset: number;
  /** Where the next record begins in the file. NaN while its end has not been seen. */
  readonly end: number;
  /** As many bytes of it as the limit allows. */
  readonly head: Buffer;
}

/** Finds where records end, chunk after chunk, from the beginning of a record on. */
export interface Boundaries {
  /** Where records end in the chunk, terminators included, ascending. */
  next(chunk: Buffer): number[];
}

/** Where the contents of the record `bytes[start, end)` end: before a LF or CRLF, if it ends in one. */
export function contentEnd(bytes: Buffer, start: number, end: number): number {
  if (end === start || bytes[end - 1] !== NEWLINE) return end;
  return end - 1 > start && bytes[end - 2] === CARRIAGE_RETURN ? end - 2 : end - 1;
}

export function isLong(part: Records | LongRecord): part is LongRecord {
  return 'head' in part;
}

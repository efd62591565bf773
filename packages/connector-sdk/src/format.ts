import { SluiceError } from './error.js';
import type { StandardResult, StandardSchema } from './standard-schema.js';

/** From the wire: the record of a topic, the line of a file. */
export interface Decoder<T> {
  decode(bytes: Uint8Array): T;
  /**
   * Optional power: the same as `decode` of the UTF-8 bytes of `source`. A reader with many records at hand makes one string of them
   * and gives slices of it, a third faster than decoding each. It must not keep `source` or a slice of it, which would hold on to the
   * whole: parse, or copy.
   */
  decodeText?(source: string): T;
}

/** To the wire. */
export interface Encoder<T> {
  encode(value: T): Uint8Array;
}

/** Both ways. What is persisted by Sluice itself has a `Codec` instead, which carries versions. */
export interface Format<T> extends Decoder<T>, Encoder<T> {}

const encoder = new TextEncoder();
const BYTE_ORDER_MARK = '\ufeff';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ISSUES_NAMED = 5;

/**
 * JSON in UTF-8, checked by a schema of any library that implements Standard Schema.
 *
 * @param schema Checks and may transform what is decoded; what is encoded is taken as it is. Without one the type is only claimed.
 * @throws SLUICE_JSON for what is not JSON, SLUICE_UTF8 for what is not UTF-8, SLUICE_SCHEMA with the schema's own messages,
 * SLUICE_SCHEMA_ASYNC for a schema that answers with a promise: decoding is synchronous. We never quote the payload; the messages of a schema may.
 *
 * @example
 * json<{ id: number }>().decode(new TextEncoder().encode('{"id":1}')).id; // 1
 */
export function json<T>(schema?: StandardSchema<T>): Format<T> {
  const decodeText = (source: string) => {
    const value = parse(source);
    return schema === undefined ? (value as T) : checked(schema, value);
  };
  return {
    decode: (bytes) => decodeText(decodeUtf8('json', bytes)),
    decodeText,
    encode(value) {
      return encoder.encode(stringify(value));
    },
  };
}

/**
 * A string in UTF-8, byte-order mark and all.
 *
 * @throws SLUICE_UTF8 for bytes that are not UTF-8: they are never replaced by U+FFFD.
 *
 * @example
 * text().decode(Uint8Array.of(104, 105)); // 'hi'
 */
export function text(): Format<string> {
  return {
    decode: (bytes) => decodeUtf8('text', bytes),
    encode: (value) => encoder.encode(value),
  };
}

/**
 * The bytes themselves, not copied.
 *
 * @example
 * bytes().decode(Uint8Array.of(1, 2)); // Uint8Array [1, 2]
 */
export function bytes(): Format<Uint8Array> {
  return { decode: (payload) => payload, encode: (payload) => payload };
}

function decodeUtf8(component: string, payload: Uint8Array): string {
  try {
    return utf8.decode(payload);
  } catch {
    throw new SluiceError({
      code: 'SLUICE_UTF8',
      component,
      expected: 'UTF-8',
      actual: `${payload.length} bytes that are not`,
      remedy: 'decode with the format in which they were written',
    });
  }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source.startsWith(BYTE_ORDER_MARK) ? source.slice(1) : source);
  } catch (error) {
    // The parser's message quotes the payload, so neither it nor the error is passed on: only where it stopped.
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new SluiceError({
      code: 'SLUICE_JSON',
      component: 'json',
      expected: 'JSON',
      actual: `${source.length} characters that are not${at === undefined ? '' : `, from position ${at} on`}`,
      remedy: 'correct the producer, or let `onError` take such elements aside',
    });
  }
}

function checked<T>(schema: StandardSchema<T>, value: unknown): T {
  const standard = schema['~standard'];
  const result = standard.validate(value);
  if (isThenable(result)) {
    throw new SluiceError({
      code: 'SLUICE_SCHEMA_ASYNC',
      component: 'json',
      expected: 'a schema that answers at once',
      actual: `a promise of ${standard.vendor}`,
      remedy: 'leave asynchronous checks out of the schema and do them with `asyncMap`',
    });
  }
  if (result.issues === undefined) return result.value;
  throw new SluiceError({
    code: 'SLUICE_SCHEMA',
    component: 'json',
    expected: `what the ${standard.vendor} schema describes`,
    actual: issuesOf(result.issues),
    remedy: 'correct the producer or the schema, or let `onError` take such elements aside',
  });
}

function issuesOf(issues: NonNullable<StandardResult<unknown>['issues']>): string {
  const named = issues.slice(0, ISSUES_NAMED).map(({ message, path = [] }) => {
    const where = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  if (issues.length > ISSUES_NAMED) named.push(`${issues.length - ISSUES_NAMED} more`);
  return named.join('; ');
}

function isThenable<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof (result as { readonly then?: unknown } | null)?.then === 'function';
}

function stringify(value: unknown): string {
  let source: string | undefined;
  try {
    source = JSON.stringify(value);
  } catch (cause) {
    throw notJson('something that JSON cannot hold', cause);
  }
  if (source === undefined) throw notJson(`${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  return source;
}

function notJson(actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_JSON',
    component: 'json',
    expected: 'a value that JSON can hold',
    actual,
    remedy: 'map bigints, cycles and functions to something that JSON has',
    ...(cause === undefined ? {} : { cause }),
  });
}

import type { TableColumn } from '../server/column-type.js';

/** Whether it is certain that the server takes the text that this value is encoded as. */
export type Vouch = (value: unknown) => boolean;

/**
 * Of which values sent as text nobody needs to ask the server. It errs on the side of asking: that costs a question before the checkpoint,
 * while a text that is refused behind it holds its epoch up for ever. Undefined: of all of them.
 */
export function vouchFor(column: TableColumn, anyCharacter: boolean): Vouch | undefined {
  const vouch = OF_TYPE[column.type[0] === 'pg_catalog' ? column.type[1] : '']?.(column) ?? vouchForOther(column);
  if (anyCharacter) return vouch === ALWAYS ? undefined : vouch;
  return (value) => vouch(value) && isAscii(value);
}

const ALWAYS: Vouch = () => true;

const OF_TYPE: Readonly<Record<string, (column: TableColumn) => Vouch>> = {
  text: () => ALWAYS,
  varchar: () => ALWAYS,
  bpchar: () => ALWAYS,
  bool: () => ALWAYS,
  json: () => ALWAYS,
  jsonb: () => isPlainJson,
  bytea: () => (value) => typeof value !== 'string' || /^\\x(?:[\da-f]{2})*$/i.test(value),
  int2: () => isPlainWhole,
  int4: () => isPlainWhole,
  int8: () => isPlainWhole,
  float4: () => isPlainSingle,
  float8: () => isPlainDouble,
  numeric: ({ typeModifier }) => fitsNumeric(typeModifier),
  date: () => isPlainTime,
  timestamp: () => isPlainTime,
  timestamptz: () => isPlainTime,
  _text: ({ typeModifier }) => listOf(typeModifier, (item) => typeof item === 'string'),
  _varchar: ({ typeModifier }) => listOf(typeModifier, (item) => typeof item === 'string'),
  _bool: ({ typeModifier }) => listOf(typeModifier, (item) => typeof item === 'boolean'),
  _int2: ({ typeModifier }) => listOf(typeModifier, wholeWithin(2 ** 15)),
  _int4: ({ typeModifier }) => listOf(typeModifier, wholeWithin(2 ** 31)),
  _int8: ({ typeModifier }) => listOf(typeModifier, wholeWithin(2 ** 53)),
  _float8: ({ typeModifier }) => listOf(typeModifier, (item) => typeof item === 'number'),
};

function vouchForOther({ labels }: TableColumn): Vouch {
  if (labels === undefined) return () => false;
  const known = new Set(labels);
  return (value) => typeof value === 'string' && known.has(value);
}

/** Its numbers must be such as `numeric` holds; those of JavaScript are. */
function isPlainJson(value: unknown): boolean {
  return typeof value !== 'string' || !(/\de[-+]?\d{4}/i.test(value) || /\d{1000}/.test(value));
}

/** In decimal the text codec has compared it with the bounds of its type. */
function isPlainWhole(value: unknown): boolean {
  return typeof value !== 'string' || /^[ \t\n\v\f\r]*[-+]?\d+[ \t\n\v\f\r]*$/.test(value);
}

const DECIMAL = /^[-+]?(\d{1,30})(?:\.(\d{1,30}))?$/;

function isPlainDouble(value: unknown): boolean {
  return typeof value === 'number' || DECIMAL.test(String(value));
}

/** The server refuses what is too large for four bytes, and what is so small that they would lose it. */
function isPlainSingle(value: unknown): boolean {
  if (typeof value !== 'number') return DECIMAL.test(String(value));
  return !Number.isFinite(value) || value === 0 || (Math.abs(value) > 1e-37 && Math.abs(value) < 3e38);
}

/** The modifier of `numeric(precision, scale)` is both of them, and four more; the scale has eleven bits and a sign. */
function fitsNumeric(typeModifier: number | undefined): Vouch {
  if (typeModifier === undefined) {
    return (value) => (typeof value === 'number' ? Number.isFinite(value) : DECIMAL.test(String(value)));
  }
  const scale = ((typeModifier - 4) << 21) >> 21;
  const whole = (((typeModifier - 4) >> 16) & 0xffff) - scale;
  return (value) => {
    const [, digits = '', fraction = ''] = DECIMAL.exec(String(value)) ?? [];
    // What is rounded may become longer by a digit.
    return digits !== '' && scale >= 0 && digits.length + (fraction.length > scale ? 1 : 0) <= whole;
  };
}

const ISO_TIME =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[-+](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/;

/** Days that not every month has are left to the server. */
function isPlainTime(value: unknown): boolean {
  return typeof value !== 'string' || ISO_TIME.test(value);
}

/** Flat lists: what is in lists of lists has to fit together. */
function listOf(typeModifier: number | undefined, each: Vouch): Vouch {
  if (typeModifier !== undefined) return () => false;
  return (value) => Array.isArray(value) && value.every((item) => item === null || item === undefined || each(item));
}

function wholeWithin(most: number): Vouch {
  return (item) => Number.isInteger(item) && (item as number) >= -most && (item as number) < most;
}

function isAscii(value: unknown): boolean {
  if (typeof value === 'string') {
    for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return false;
    return true;
  }
  return typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array;
}

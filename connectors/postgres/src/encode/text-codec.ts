import type { TableColumn } from '../server/column-type.js';
import type { ColumnArray } from './column-array.js';
import { ColumnRefusal, kindOf } from './column-refusal.js';
import { millisecondsOf } from './time.js';

/** Any value of any type as the text that the server's own input function reads. */
export function appendText(column: TableColumn): (array: ColumnArray, value: unknown) => void {
  const [schema, type] = column.type;
  const own = schema === 'pg_catalog' ? type : '';
  const { maxLength } = column;
  if (maxLength !== undefined) {
    return (array, value) => {
      const text = plainText(value);
      if (text.length > maxLength) checkLength(text, maxLength);
      array.text(text);
    };
  }
  if (own === 'json' || own === 'jsonb') return (array, value) => array.text(checkedJson(value, own === 'jsonb'));
  if (own === 'bytea') return (array, value) => array.text(bytesText(value));
  if (own === 'date' || own === 'timestamp' || own === 'timestamptz')
    return (array, value) => array.text(timeText(value));
  if (column.isArray) return (array, value) => array.text(Array.isArray(value) ? arrayText(value) : plainText(value));
  const form = column.isArray ? undefined : FORMS[own];
  if (form !== undefined) return (array, value) => array.text(formed(plainText(value), form, own));
  return (array, value) => array.text(plainText(value));
}

/**
 * What the server's input functions read: of all that JavaScript takes for a blank, ASCII's alone. A text that they refuse has to be found before the checkpoint: the epoch that holds it could
 * never be written.
 */
const WHOLE = /^[ \t\n\v\f\r]*[-+]?(?:\d[\d_]*|0x[\da-f_]+|0o[0-7_]+|0b[01_]+)[ \t\n\v\f\r]*$/i;
const NUMBER =
  /^[ \t\n\v\f\r]*(?:[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?|0x[\da-f_]+|0o[0-7_]+|0b[01_]+|[-+]?inf(?:inity)?|nan)[ \t\n\v\f\r]*$/i;
const TRUTH = /^[ \t\n\v\f\r]*(?:t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)[ \t\n\v\f\r]*$/i;
const FORMS: Readonly<Record<string, RegExp>> = {
  int2: WHOLE,
  int4: WHOLE,
  int8: WHOLE,
  float4: NUMBER,
  float8: NUMBER,
  numeric: NUMBER,
  bool: TRUTH,
};
const MOST: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };

function formed(text: string, form: RegExp, type: string): string {
  if (!form.test(text)) throw new ColumnRefusal(`a text that is no ${type}`);
  const most = MOST[type];
  if (most !== undefined && /^\s*[-+]?\d+\s*$/.test(text)) {
    const whole = BigInt(text.trim().replace('+', ''));
    if (whole < -most || whole >= most) throw new ColumnRefusal(`a whole number that ${type} cannot hold`);
  }
  return text;
}

/** A character U+0000, or half of a surrogate pair, as `JSON.stringify` escapes them. */
const NO_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** `jsonb` keeps texts, so it refuses escapes that no text of the server can hold. */
function checkedJson(value: unknown, binary: boolean): string {
  const text = jsonText(value);
  let plain = text;
  if (typeof value === 'string') {
    try {
      plain = JSON.stringify(JSON.parse(text));
    } catch {
      throw new ColumnRefusal('a text that is no JSON');
    }
  }
  if (binary && NO_TEXT.test(plain)) throw new ColumnRefusal('JSON with U+0000 or half of a surrogate pair in it');
  return text;
}

const SPACE = 32;

/** Spaces beyond the length are cut off by the server as SQL wants it; anything else, line breaks as well, would fail there. */
function checkLength(text: string, maxLength: number): void {
  let end = text.length;
  while (text.charCodeAt(end - 1) === SPACE) end--;
  const length = [...text.slice(0, end)].length;
  if (length > maxLength) throw new ColumnRefusal(`a text of ${length} characters for a column of ${maxLength}`);
}

export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return timeText(value);
  if (typeof value !== 'object') throw new ColumnRefusal(kindOf(value));
  return jsonText(value);
}

function jsonText(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    // Its message may quote the names of the value.
  }
  if (text === undefined) throw new ColumnRefusal(kindOf(value));
  return text;
}

function bytesText(value: unknown): string {
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
  if (typeof value === 'string') return value;
  throw new ColumnRefusal(kindOf(value));
}

function timeText(value: unknown): string {
  if (typeof value === 'string') return value;
  const date = new Date(millisecondsOf(value));
  const iso = date.toISOString();
  const year = date.getUTCFullYear();
  if (year > 0 && year < 10_000) return iso;
  // Postgres reads no signed years, and counts the year 0 as 1 BC.
  const rest = iso.slice(iso.indexOf('-', 1));
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((item) => {
    if (item === null || item === undefined) return 'NULL';
    if (Array.isArray(item)) return arrayText(item);
    const text = item instanceof Uint8Array ? bytesText(item) : plainText(item);
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}

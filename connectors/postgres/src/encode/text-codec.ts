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
  if (own === 'json' || own === 'jsonb') return (array, value) => array.text(jsonText(value));
  if (own === 'bytea') return (array, value) => array.text(bytesText(value));
  if (own === 'date' || own === 'timestamp' || own === 'timestamptz')
    return (array, value) => array.text(timeText(value));
  if (column.isArray) return (array, value) => array.text(Array.isArray(value) ? arrayText(value) : plainText(value));
  return (array, value) => array.text(plainText(value));
}

/** Blanks beyond the length are cut off by the server as SQL wants it; anything else would fail there. */
function checkLength(text: string, maxLength: number): void {
  const length = [...text.trimEnd()].length;
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
  const text = typeof value === 'string' ? value : JSON.stringify(value);
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

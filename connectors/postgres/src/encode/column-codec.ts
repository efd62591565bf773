import type { TableColumn } from '../server/column-type.js';
import type { ColumnArray } from './column-array.js';
import type { ColumnMode } from './column-mode.js';
import { ColumnRefusal, kindOf } from './column-refusal.js';
import { appendText, plainText } from './text-codec.js';
import { days, microseconds, millisecondsOf } from './time.js';

/** How the values of one column are put into its array. */
export interface ColumnCodec {
  readonly mode: ColumnMode;
  /** False: this value needs the text codec. Throws ColumnRefusal for one that no codec can take. */
  append(array: ColumnArray, value: unknown): boolean;
}

/** Takes every value that the column can hold. */
export function textCodec(column: TableColumn): ColumnCodec {
  const append = appendText(column);
  return {
    mode: 'text',
    append(array, value) {
      append(array, value);
      return true;
    },
  };
}

/** The codec for the values that are usual for the column's type; text for types that have no binary one here. */
export function columnCodec(column: TableColumn): ColumnCodec {
  const [schema, type] = column.type;
  const binary = schema === 'pg_catalog' && Object.hasOwn(BINARY, type) ? BINARY[type] : undefined;
  return binary?.(column) ?? textCodec(column);
}

const BINARY: Readonly<Record<string, (column: TableColumn) => ColumnCodec | undefined>> = {
  int2: () => integer('int2', 2, -0x8000, 0x7fff),
  int4: () => integer('int4', 4, -0x8000_0000, 0x7fff_ffff),
  int8: () => ({ mode: 'int8', append: appendInt8 }),
  float4: () => ({ mode: 'float4', append: appendFloat4 }),
  float8: () => ({ mode: 'float8', append: appendFloat8 }),
  bool: () => ({ mode: 'bool', append: appendBool }),
  text: () => ({ mode: 'text', append: appendPlainText }),
  varchar: (column) => (column.maxLength === undefined ? { mode: 'text', append: appendPlainText } : undefined),
  bytea: () => ({ mode: 'bytea', append: appendBytes }),
  uuid: () => ({ mode: 'uuid', append: appendUuid }),
  date: () => ({ mode: 'date', append: appendDate }),
  timestamp: () => ({ mode: 'timestamp', append: appendTimestamp }),
  timestamptz: () => ({ mode: 'timestamptz', append: appendTimestamp }),
};

function integer(mode: 'int2' | 'int4', size: 2 | 4, least: number, most: number): ColumnCodec {
  return {
    mode,
    append(array, value) {
      if (typeof value === 'string' || typeof value === 'boolean') return false;
      const number = typeof value === 'bigint' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
        throw new ColumnRefusal(`${kindOf(value)}, where ${mode} holds whole numbers from ${least} to ${most}`);
      }
      array.int(number, size);
      return true;
    },
  };
}

function appendInt8(array: ColumnArray, value: unknown): boolean {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new ColumnRefusal(`${kindOf(value)} that is not exact; use a bigint`);
    array.int64(value);
    return true;
  }
  if (typeof value !== 'bigint') return false;
  if (BigInt.asIntN(64, value) !== value) throw new ColumnRefusal('a bigint of more than 64 bits');
  array.bigint(value);
  return true;
}

function appendFloat8(array: ColumnArray, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  array.float64(value);
  return true;
}

function appendFloat4(array: ColumnArray, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
    throw new ColumnRefusal('a number that float4 has no room for');
  array.float32(value);
  return true;
}

function appendBool(array: ColumnArray, value: unknown): boolean {
  if (typeof value !== 'boolean') return false;
  array.int(value ? 1 : 0, 1);
  return true;
}

function appendPlainText(array: ColumnArray, value: unknown): boolean {
  array.text(plainText(value));
  return true;
}

function appendBytes(array: ColumnArray, value: unknown): boolean {
  if (!(value instanceof Uint8Array)) return false;
  array.raw(value);
  return true;
}

const UUID = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

function appendUuid(array: ColumnArray, value: unknown): boolean {
  if (typeof value !== 'string' || !UUID.test(value)) throw new ColumnRefusal(`${kindOf(value)} that is no UUID`);
  array.raw(Buffer.from(value.replace(/[{}-]/g, ''), 'hex'));
  return true;
}

function appendDate(array: ColumnArray, value: unknown): boolean {
  if (typeof value === 'string') return false;
  array.int(days(millisecondsOf(value)), 4);
  return true;
}

function appendTimestamp(array: ColumnArray, value: unknown): boolean {
  if (typeof value === 'string') return false;
  array.int64(microseconds(millisecondsOf(value)));
  return true;
}

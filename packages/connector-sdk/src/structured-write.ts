import type { ByteWriter } from './byte-writer.js';
import { kindOf } from './structured-kind.js';
import { refusalOf } from './structured-refusal.js';
import { MAX_DEPTH, TAG } from './structured-tag.js';
import { typedArrayBytes, typedArrayKind, typedArrayName } from './typed-array.js';

/** Thrown where something cannot be encoded; the path to it is looked for only then. */
const REFUSED = Symbol('refused');

/** Somebody has added enumerable fields to Object.prototype, which `for in` would take for an object's own. */
let inherited = false;

/**
 * Appends one value in the encoding of `structuredCodec`, so that many values share one buffer, and objects of one shape their keys.
 * Read them with `readStructured`, all values of the unit in the same order. A value that is refused leaves the writer as it was.
 *
 * @throws SLUICE_CODEC_VALUE for a function, a symbol, an instance of a class or a cycle, with the path to it; SLUICE_CODEC_DEPTH for
 * values nested deeper than 256; SLUICE_CODEC_SIZE beyond 2 GiB.
 *
 * @example
 * const writer = new ByteWriter();
 * for (const row of [{ id: 1 }, { id: 2 }]) writeStructured(writer, row);
 * const bytes = writer.finish();
 */
export function writeStructured(writer: ByteWriter, value: unknown): void {
  const start = writer.length;
  try {
    writeValue(writer, value, 0);
  } catch (error) {
    writer.truncate(start);
    throw error === REFUSED ? refusalOf(value) : error;
  }
}

function writeValue(writer: ByteWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      if (writer.shortAscii(value, TAG.shortAscii)) return;
      writer.uint8(TAG.string);
      writer.string(value);
      return;
    case 'number':
      writeNumber(writer, value);
      return;
    case 'boolean':
      writer.uint8(value ? TAG.true : TAG.false);
      return;
    case 'undefined':
      writer.uint8(TAG.undefined);
      return;
    case 'bigint':
      writeBigint(writer, value);
      return;
    case 'object':
      if (value === null) writer.uint8(TAG.null);
      else writeObject(writer, value, depth);
      return;
    default:
      throw REFUSED;
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) !== value || (value === 0 && 1 / value < 0)) {
    writer.uint8(TAG.float64);
    writer.float64(value);
  } else if (value >= 0 && value < 128) {
    writer.uint8(TAG.smallInt + value);
  } else {
    writer.uint8(TAG.int32);
    writer.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }
}

function writeBigint(writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writer.uint8(TAG.int64);
    writer.int64(value);
  } else {
    writer.uint8(TAG.bigint);
    writer.string(value.toString(16));
  }
}

function writeObject(writer: ByteWriter, value: object, depth: number): void {
  if (depth === 0) inherited = inheritsKeys();
  else if (depth === MAX_DEPTH) throw REFUSED;
  switch (kindOf(value)) {
    case 'object':
      writeFields(writer, value as Readonly<Record<string, unknown>>, depth);
      return;
    case 'bare':
      writer.uint8(TAG.bare);
      writeFields(writer, value as Readonly<Record<string, unknown>>, depth);
      return;
    case 'array': {
      const items = value as readonly unknown[];
      const { length } = items;
      writer.uint8(TAG.array);
      writer.varint(length);
      for (let i = 0; i < length; i++) writeValue(writer, items[i], depth + 1);
      return;
    }
    case 'map':
      writer.uint8(TAG.map);
      writer.varint((value as ReadonlyMap<unknown, unknown>).size);
      for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
        writeValue(writer, key, depth + 1);
        writeValue(writer, item, depth + 1);
      }
      return;
    case 'set':
      writer.uint8(TAG.set);
      writer.varint((value as ReadonlySet<unknown>).size);
      for (const item of value as ReadonlySet<unknown>) writeValue(writer, item, depth + 1);
      return;
    case 'date':
      writer.uint8(TAG.date);
      writer.float64((value as Date).getTime());
      return;
    case 'bytes':
      writer.uint8(TAG.bytes);
      writer.bytes(value as Uint8Array);
      return;
    case 'typedArray': {
      const kind = typedArrayKind(typedArrayName(value as ArrayBufferView));
      writer.uint8(TAG.typedArray);
      writer.uint8(kind);
      writer.bytes(typedArrayBytes(value as ArrayBufferView, kind));
      return;
    }
    default:
      throw REFUSED;
  }
}

function writeFields(writer: ByteWriter, value: Readonly<Record<string, unknown>>, depth: number): void {
  const lists = writer.keyLists;
  if (inherited) {
    writeInline(writer, value, depth);
    return;
  }
  const known = lists.find(value);
  const { length } = lists;
  if (known >= 0) {
    writer.uint8(TAG.objectOfList);
    writer.uint8(known);
  } else {
    const keys = Object.keys(value);
    const id = lists.define(keys);
    if (id < 0) {
      writeInline(writer, value, depth);
      return;
    }
    writer.uint8(TAG.objectWithList);
    writer.uint8(id);
    writer.varint(length);
    for (const key of keys) writer.string(key);
  }
  let written = 0;
  for (const key in value) {
    writeValue(writer, value[key], depth + 1);
    written++;
  }
  // A getter that removes a field would put the values under the wrong keys.
  if (written !== length) throw REFUSED;
}

function writeInline(writer: ByteWriter, value: Readonly<Record<string, unknown>>, depth: number): void {
  const keys = Object.keys(value);
  writer.uint8(TAG.object);
  writer.varint(keys.length);
  for (const key of keys) {
    writer.string(key);
    writeValue(writer, value[key], depth + 1);
  }
}

function inheritsKeys(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

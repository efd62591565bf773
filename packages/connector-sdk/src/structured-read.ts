import type { ByteReader } from './byte-reader.js';
import { malformed } from './codec-failure.js';
import { SluiceError } from './error.js';
import { type KeyList, keyListOf } from './key-lists.js';
import { MAX_DEPTH, TAG } from './structured-tag.js';
import { typedArrayOf } from './typed-array.js';

type Fields = Record<string, unknown>;

/**
 * The next value that `writeStructured` wrote. Keys such as `__proto__` become own fields like any other.
 *
 * @throws SLUICE_CODEC_TRUNCATED, SLUICE_CODEC_MALFORMED or SLUICE_CODEC_DEPTH for anything else; never another error, and never with
 * more memory than a small multiple of the bytes.
 *
 * @example
 * const writer = new ByteWriter();
 * writeStructured(writer, { id: 1 });
 * const reader = new ByteReader(writer.finish());
 * while (reader.remaining > 0) console.log(readStructured(reader)); // { id: 1 }
 */
export function readStructured(reader: ByteReader): unknown {
  const start = reader.position;
  try {
    return readValue(reader, 0);
  } catch (error) {
    // More entries than a Map holds, more digits than a bigint has: limits of the engine that only a decoder meets.
    throw SluiceError.isInstance(error) ? error : malformed(start, 'a value', 'one that cannot be built', error);
  }
}

function readValue(reader: ByteReader, depth: number): unknown {
  const start = reader.position;
  const tag = reader.uint8();
  if (tag >= TAG.smallInt) return tag - TAG.smallInt;
  if (tag >= TAG.shortAscii) return reader.ascii(tag - TAG.shortAscii);
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.int32:
      return readInt32(reader);
    case TAG.float64:
      return reader.float64();
    case TAG.int64:
      return reader.int64();
    case TAG.bigint:
      return readBigint(reader);
    case TAG.string:
      return reader.string();
    case TAG.date:
      return new Date(reader.float64());
    case TAG.bytes:
      return reader.bytes();
    case TAG.typedArray:
      return readTypedArray(reader);
  }
  if (depth === MAX_DEPTH) throw tooDeep(start);
  switch (tag) {
    case TAG.array:
      return readArray(reader, depth + 1);
    case TAG.map:
      return readMap(reader, depth + 1);
    case TAG.set:
      return readSet(reader, depth + 1);
    case TAG.bare:
      return readFields(reader, reader.uint8(), Object.create(null), depth + 1);
    default:
      return readFields(reader, tag, {}, depth + 1);
  }
}

function readInt32(reader: ByteReader): number {
  const start = reader.position;
  const zigzag = reader.varint();
  if (zigzag > 0xffff_ffff) throw malformed(start, 'a number of 32 bits', 'a larger one');
  return (zigzag >>> 1) ^ -(zigzag & 1);
}

function readBigint(reader: ByteReader): bigint {
  const start = reader.position;
  const digits = reader.string();
  if (!/^-?[0-9a-f]+$/.test(digits)) throw malformed(start, 'hexadecimal digits', 'something else');
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

function readTypedArray(reader: ByteReader): ArrayBufferView {
  const start = reader.position;
  const kind = reader.uint8();
  const array = typedArrayOf(kind, reader.bytes());
  if (array === undefined) throw malformed(start, 'a kind of typed array with whole elements', `kind ${kind}`);
  return array;
}

function readArray(reader: ByteReader, depth: number): unknown[] {
  const items: unknown[] = [];
  for (let left = reader.count(1); left > 0; left--) items.push(readValue(reader, depth));
  return items;
}

function readMap(reader: ByteReader, depth: number): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (let left = reader.count(2); left > 0; left--) {
    const key = readValue(reader, depth);
    map.set(key, readValue(reader, depth));
  }
  return map;
}

function readSet(reader: ByteReader, depth: number): Set<unknown> {
  const set = new Set<unknown>();
  for (let left = reader.count(1); left > 0; left--) set.add(readValue(reader, depth));
  return set;
}

function readFields(reader: ByteReader, tag: number, fields: Fields, depth: number): Fields {
  const start = reader.position;
  if (tag === TAG.object) return readInline(reader, fields, depth);
  if (tag !== TAG.objectWithList && tag !== TAG.objectOfList) throw malformed(start, 'a known tag', `${tag}`);
  const id = reader.uint8();
  if (tag === TAG.objectWithList) reader.keyLists[id] = readKeyList(reader);
  const list = reader.keyLists[id];
  if (list === undefined) throw malformed(start, 'keys that came before', `their number ${id}`);
  const { keys } = list;
  if (list.guarded) {
    for (let i = 0; i < keys.length; i++) define(fields, keys[i] as string, readValue(reader, depth));
  } else {
    for (let i = 0; i < keys.length; i++) fields[keys[i] as string] = readValue(reader, depth);
  }
  return fields;
}

function readKeyList(reader: ByteReader): KeyList {
  const keys: string[] = [];
  for (let left = reader.count(1); left > 0; left--) keys.push(reader.string());
  return keyListOf(keys);
}

function readInline(reader: ByteReader, fields: Fields, depth: number): Fields {
  for (let left = reader.count(2); left > 0; left--) {
    const key = reader.string();
    define(fields, key, readValue(reader, depth));
  }
  return fields;
}

/** Assignment would set the prototype for `__proto__`, and fail for `toString` where prototypes are frozen. */
function define(fields: Fields, key: string, value: unknown): void {
  if (key in Object.prototype) {
    Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    fields[key] = value;
  }
}

function tooDeep(offset: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CODEC_DEPTH',
    component: 'decoding',
    expected: `values nested at most ${MAX_DEPTH} deep`,
    actual: `one more level at offset ${offset}`,
    remedy: 'the bytes are damaged or were written by something else; restore from bytes that are whole',
  });
}

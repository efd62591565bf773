import { type ByteReader, ByteWriter, SluiceError } from '@sluice/connector-sdk';

/** First byte of an encoded key. Persisted in checkpoints and the input of the key group hash: never renumbered. */
const TAG = {
  false: 1,
  true: 2,
  integer: 3,
  negative: 4,
  double: 5,
  nan: 6,
  text: 7,
  bigint: 8,
  date: 9,
  bytes: 10,
  array: 11,
  object: 12,
} as const;

/** Deeper than any key that is meant; a cyclic object ends here and not with a stack overflow. */
const MAX_DEPTH = 64;

const scratch = new ByteWriter(256);

/**
 * Appends the one encoding of a key: equal keys give equal bytes, different keys different ones. −0 is 0, NaN is NaN, the names of
 * an object are sorted; a number and a string that look alike differ.
 */
export function writeKey(writer: ByteWriter, key: unknown, component = 'keyBy'): void {
  writePart(writer, key, component, 0);
}

/** The same bytes as `writeKey` of `[first, second]`, without the array. */
export function writeIntegerPair(writer: ByteWriter, first: number, second: number): void {
  writer.uint8(TAG.array);
  writer.varint(2);
  writeNumber(writer, first);
  writeNumber(writer, second);
}

/** The one encoding of a key, as bytes of their own. */
export function canonicalBytes(key: unknown, component = 'keyBy'): Uint8Array {
  // A key that was refused half way has left its beginning here.
  scratch.reset();
  writePart(scratch, key, component, 0);
  return scratch.finish();
}

/** The same as a string, for Maps. */
export function canonicalText(key: unknown, component = 'keyBy'): string {
  const { buffer, byteOffset, byteLength } = canonicalBytes(key, component);
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** The key that `writeKey` wrote. */
export function readKey(reader: ByteReader): unknown {
  return readPart(reader, 0);
}

/** Whether two keys are the same key, without encoding them. */
export function sameKey(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return Number.isNaN(a) && Number.isNaN(b);
  if (a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) if (!sameKey(a[at], b[at])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  return sameBytes(canonicalBytes(a), canonicalBytes(b));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function writePart(writer: ByteWriter, key: unknown, component: string, depth: number): void {
  switch (typeof key) {
    case 'string':
      writer.uint8(TAG.text);
      writer.string(key);
      return;
    case 'number':
      writeNumber(writer, key);
      return;
    case 'boolean':
      writer.uint8(key ? TAG.true : TAG.false);
      return;
    case 'bigint':
      writer.uint8(TAG.bigint);
      writer.string(key.toString(36));
      return;
    case 'object':
      if (depth >= MAX_DEPTH) throw notAKey(key, component, `values nested deeper than ${MAX_DEPTH}, or a cycle`);
      if (key === null) break;
      writeObject(writer, key, component, depth);
      return;
  }
  throw notAKey(key, component);
}

function writeNumber(writer: ByteWriter, key: number): void {
  if (Number.isNaN(key)) {
    // Not as a double: NaN has many bit patterns.
    writer.uint8(TAG.nan);
  } else if (!Number.isSafeInteger(key)) {
    writer.uint8(TAG.double);
    writer.float64(key);
  } else if (key < 0) {
    writer.uint8(TAG.negative);
    writer.varint(-key);
  } else {
    writer.uint8(TAG.integer);
    // Adding 0 turns −0 into 0.
    writer.varint(key + 0);
  }
}

function writeObject(writer: ByteWriter, key: object, component: string, depth: number): void {
  if (Array.isArray(key)) {
    writer.uint8(TAG.array);
    writer.varint(key.length);
    for (let at = 0; at < key.length; at++) writePart(writer, key[at], component, depth + 1);
  } else if (key instanceof Date) {
    writer.uint8(TAG.date);
    writeNumber(writer, key.getTime());
  } else if (key instanceof Uint8Array) {
    writer.uint8(TAG.bytes);
    writer.bytes(key);
  } else if (isPlain(key)) {
    const names = Object.keys(key).sort();
    if (Object.getOwnPropertySymbols(key).length > 0) throw notAKey(key, component, 'an object with symbols as names');
    writer.uint8(TAG.object);
    writer.varint(names.length);
    for (const name of names) {
      writer.string(name);
      writePart(writer, (key as Record<string, unknown>)[name], component, depth + 1);
    }
  } else {
    throw notAKey(key, component);
  }
}

/** Made by a literal, `Object.create(null)` or JSON.parse, in this realm or another one. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function readPart(reader: ByteReader, depth: number): unknown {
  const tag = reader.uint8();
  switch (tag) {
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.integer:
      return reader.varint();
    case TAG.negative:
      return -reader.varint();
    case TAG.double:
      return reader.float64();
    case TAG.nan:
      return Number.NaN;
    case TAG.text:
      return reader.string();
    case TAG.bigint:
      return readBigint(reader.string());
    case TAG.date:
      return new Date(Number(readPart(reader, MAX_DEPTH)));
    case TAG.bytes:
      return reader.bytes();
  }
  if (depth < MAX_DEPTH && tag === TAG.array) {
    const parts = reader.count(1);
    // Most tuples are pairs: no array that grows for each.
    if (parts === 2) return [readPart(reader, depth + 1), readPart(reader, depth + 1)];
    const key: unknown[] = [];
    for (let left = parts; left > 0; left--) key.push(readPart(reader, depth + 1));
    return key;
  }
  if (depth < MAX_DEPTH && tag === TAG.object) {
    const key = {};
    for (let left = reader.count(2); left > 0; left--) {
      // Assigning `__proto__` would set the prototype.
      Object.defineProperty(key, reader.string(), {
        value: readPart(reader, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return key;
  }
  throw damagedKey(`tag ${tag}`);
}

function readBigint(digits: string): bigint {
  if (!/^-?[0-9a-z]+$/.test(digits)) throw damagedKey('a bigint that is none');
  const negative = digits.startsWith('-');
  let value = 0n;
  for (const digit of negative ? digits.slice(1) : digits) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return negative ? -value : value;
}

function damagedKey(actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_DAMAGED',
    component: 'keyed state',
    expected: 'an encoded key',
    actual,
    remedy: 'restore from an older checkpoint or savepoint',
  });
}

function notAKey(key: unknown, component: string, actual = describe(key)): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KEY',
    component,
    expected: 'a key of strings, numbers, bigints, booleans, dates, bytes, and arrays or plain objects of these',
    actual,
    remedy:
      'return a primitive, an array of primitives or a plain object; spread a class instance or an object typed by an interface ({ ...id }), and give a missing part a value such as an empty string',
  });
}

function describe(key: unknown): string {
  if (key === null) return 'null';
  if (typeof key !== 'object') return typeof key;
  const maker: unknown = key.constructor;
  return `an instance of ${typeof maker === 'function' && maker.name !== '' ? maker.name : 'a class'}`;
}

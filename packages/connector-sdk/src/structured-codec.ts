import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { Codec } from './codec.js';
import { SluiceError } from './error.js';
import { readStructured } from './structured-read.js';
import { writeStructured } from './structured-write.js';

const VERSION = 1;
const KEPT_CAPACITY = 1 << 20;

/** Shared by all codecs of the process; away while it is in use, so that a getter that encodes meanwhile gets another one. */
let idle: ByteWriter | undefined;

/**
 * JSON plus undefined, bigint, Date, Map, Set, Uint8Array and the other typed arrays, NaN, ±Infinity and −0, as bytes. The default
 * everywhere.
 *
 * What it does not keep: identity (a value that occurs twice comes back as two), holes of arrays (they become undefined), fields that
 * are symbols or not enumerable, and that a Buffer was one (it comes back as a Uint8Array). Objects without a prototype stay so.
 *
 * @throws SLUICE_CODEC_VALUE on encoding a function, a symbol, an instance of a class or a cycle, with the path to it;
 * SLUICE_CODEC_DEPTH beyond 256 levels; SLUICE_CODEC_SIZE beyond 2 GiB.
 * @throws SLUICE_CODEC_VERSION on decoding another version; SLUICE_CODEC_TRUNCATED, SLUICE_CODEC_MALFORMED or SLUICE_CODEC_DEPTH for
 * bytes that it did not write. Never anything else, whatever the bytes.
 *
 * @example
 * const codec = structuredCodec<{ seen: Map<string, bigint> }>();
 * const bytes = codec.encode({ seen: new Map([['a', 1n]]) });
 * codec.decode(codec.version, bytes).seen.get('a'); // 1n
 */
export function structuredCodec<T>(): Codec<T> {
  return {
    version: VERSION,
    encode,
    decode: decode as (version: number, bytes: Uint8Array) => T,
    write: writeStructured,
    read: read as (version: number, reader: ByteReader) => T,
  };
}

function encode(value: unknown): Uint8Array {
  const writer = idle ?? new ByteWriter();
  idle = undefined;
  try {
    writeStructured(writer, value);
    return writer.finish();
  } finally {
    if (writer.capacity <= KEPT_CAPACITY) idle = writer;
  }
}

function decode(version: number, bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = read(version, reader);
  reader.end();
  return value;
}

function read(version: number, reader: ByteReader): unknown {
  if (version === VERSION) return readStructured(reader);
  throw new SluiceError({
    code: 'SLUICE_CODEC_VERSION',
    component: 'structuredCodec',
    expected: `version ${VERSION}`,
    actual: `${version}`,
    remedy: 'decode with the codec that wrote it; a newer version of this package may have',
  });
}

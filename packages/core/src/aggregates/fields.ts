import {
  ByteReader,
  ByteWriter,
  type Codec,
  readStructured,
  SluiceError,
  writeStructured,
} from '@sluice/connector-sdk';
import { layoutOf } from '../state/value-codec.js';

/** How a field of an accumulator is kept in a checkpoint. */
export type FieldKind =
  /** A whole number from 0. */
  | 'count'
  /** Any number. */
  | 'number'
  /** Anything that `structuredCodec` takes. */
  | 'value'
  /** What a codec writes, behind its version: it may change from release to release, unlike those above. */
  | { readonly codec: Codec<unknown> };

/** A field as `opaqueEntries` knows it. */
export function fieldLayout(kind: FieldKind): string {
  if (typeof kind === 'string') return kind === 'count' ? 'c' : kind === 'number' ? 'n' : 'v';
  return `c${layoutOf(kind.codec)}`;
}

export function writeField(kind: FieldKind, writer: ByteWriter, value: unknown): void {
  if (kind === 'count') writer.varint(value as number);
  else if (kind === 'number') writer.float64(value as number);
  else if (kind === 'value') writeStructured(writer, value);
  else writeVersioned(kind.codec, writer, value);
}

export function readField(kind: FieldKind, reader: ByteReader): unknown {
  if (kind === 'count') return reader.varint();
  if (kind === 'number') return reader.float64();
  if (kind === 'value') return readStructured(reader);
  return readVersioned(kind.codec, reader);
}

function writeVersioned(codec: Codec<unknown>, writer: ByteWriter, value: unknown): void {
  const direct = codec.write !== undefined && codec.read !== undefined;
  writer.varint(codec.version * 2 + (direct ? 1 : 0));
  if (direct) codec.write?.(writer, value);
  else writer.bytes(codec.encode(value));
}

function readVersioned(codec: Codec<unknown>, reader: ByteReader): unknown {
  const tag = reader.varint();
  const version = Math.floor(tag / 2);
  if (version > codec.version || (tag % 2 === 1 && codec.read === undefined)) throw otherCodec(codec.version, version);
  return tag % 2 === 1 ? codec.read?.(version, reader) : codec.decode(version, reader.bytes());
}

/** A codec out of a way to write and one to read; a value of another signature is refused, not misread. */
export function fieldsCodec<T>(
  signature: string,
  write: (writer: ByteWriter, value: T) => void,
  read: (reader: ByteReader) => T,
): Codec<T> {
  const version = 1;
  const readSigned = (reader: ByteReader): T => {
    const found = reader.string();
    if (found !== signature) throw otherSignature(signature, found);
    return read(reader);
  };
  return {
    version,
    encode(value) {
      const writer = new ByteWriter(64);
      writer.string(signature);
      write(writer, value);
      return writer.finish();
    },
    decode(_version, bytes) {
      const reader = new ByteReader(bytes);
      const value = readSigned(reader);
      reader.end();
      return value;
    },
    write(writer, value) {
      writer.string(signature);
      write(writer, value);
    },
    read: (_version, reader) => readSigned(reader),
  };
}

export function otherSignature(expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component: 'aggregate',
    expected: `accumulators of ${expected}`,
    actual: `a checkpoint with accumulators of ${actual}`,
    remedy:
      'give the operator with the changed aggregate a new uid, or go on with the aggregate that wrote the checkpoint',
  });
}

function otherCodec(expected: number, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component: 'aggregate',
    expected: `an accumulator of codec version ${expected} or older`,
    actual: `version ${actual}`,
    remedy: 'run the version of the program that wrote this checkpoint, or a newer one',
  });
}

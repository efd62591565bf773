import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  readStructured,
  structuredCodec,
  writeStructured,
} from '@sluice/connector-sdk';
import { olderCodecMissing, undecodable, unknownVersion } from './restore-failure.js';

/** A codec that can also write into bytes that others share: no array, and no length, for each value. */
export interface DirectCodec<T> extends Codec<T> {
  write(writer: ByteWriter, value: T): void;
  read(reader: ByteReader, version: number): T;
}

/** Which codec wrote values, as a checkpoint remembers it. */
export interface WrittenBy {
  readonly version: number;
  /** By `DirectCodec.write`; else by `encode`, with the length before it. */
  readonly direct: boolean;
}

/** Values of one codec in the midst of other bytes. */
export interface ValueCodec<V> extends WrittenBy {
  /** The name of the state, for errors. */
  readonly state: string;
  write(writer: ByteWriter, value: V): void;
  read(reader: ByteReader, by: WrittenBy): V;
}

/** What keeps a state for which no codec is given. */
export function defaultCodec<T>(): DirectCodec<T> {
  const codec = structuredCodec<T>();
  return { ...codec, write: writeStructured, read: (reader) => readStructured(reader) as T };
}

/**
 * Uses the codec's own `write` and `read` where it has them.
 *
 * @throws SLUICE_STATE_VERSION from `read` for a version newer than the codec's, or an older one that it cannot decode.
 */
export function valueCodec<V>(codec: Codec<V>, state: string): ValueCodec<V> {
  const { version } = codec;
  const direct = isDirect(codec) ? codec : undefined;
  return {
    state,
    version,
    direct: direct !== undefined,
    write:
      direct === undefined
        ? (writer, value) => writer.bytes(codec.encode(value))
        : (writer, value) => direct.write(writer, value),
    read(reader, by) {
      if (by.version > version) throw unknownVersion(state, version, by.version);
      if (by.direct && direct === undefined) throw olderCodecMissing(state);
      try {
        return by.direct && direct !== undefined
          ? direct.read(reader, by.version)
          : codec.decode(by.version, reader.bytes());
      } catch (cause) {
        throw undecodable(state, version, by.version, cause);
      }
    },
  };
}

function isDirect<V>(codec: Codec<V>): codec is DirectCodec<V> {
  const { write, read } = codec as Partial<DirectCodec<V>>;
  return typeof write === 'function' && typeof read === 'function';
}

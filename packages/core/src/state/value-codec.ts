import { type ByteReader, type ByteWriter, type Codec, writeStructured } from '@sluice/connector-sdk';
import { olderCodecMissing, undecodable, unknownVersion } from './restore-failure.js';

/** Which codec wrote values, as a checkpoint remembers it. */
export interface WrittenBy {
  readonly version: number;
  /** By `Codec.write`; else by `encode`, with the length before it. */
  readonly direct: boolean;
  /** What a value consists of, so that one that nobody declares can be passed over: see `opaqueEntries`. Unknown when left out. */
  readonly layout?: string | undefined;
}

/** Values of one codec in the midst of other bytes. */
export interface ValueCodec<V> extends WrittenBy {
  /** The name of the state, for errors. */
  readonly state: string;
  write(writer: ByteWriter, value: V): void;
  read(reader: ByteReader, by: WrittenBy): V;
}

/**
 * Uses the codec's own `write` and `read` where it has them.
 *
 * @throws SLUICE_STATE_VERSION from `read` for a version newer than the codec's, or an older one that it cannot decode.
 */
export function valueCodec<V>(codec: Codec<V>, state: string): ValueCodec<V> {
  const { version } = codec;
  const { write, read } = codec.write !== undefined && codec.read !== undefined ? codec : {};
  return {
    state,
    version,
    direct: read !== undefined,
    layout: layoutOf(codec as Codec<unknown>),
    write: write === undefined ? (writer, value) => writer.bytes(codec.encode(value)) : write.bind(codec),
    read(reader, by) {
      if (by.version > version) throw unknownVersion(state, version, by.version);
      if (by.direct && read === undefined) throw olderCodecMissing(state);
      try {
        return by.direct && read !== undefined
          ? read.call(codec, by.version, reader)
          : codec.decode(by.version, reader.bytes());
      } catch (cause) {
        throw undecodable(state, version, by.version, cause);
      }
    },
  };
}

/** `v`: as `structuredCodec` writes it; `b`: bytes behind their length; `?`: known to its codec alone. */
export function layoutOf({ write, read }: Codec<unknown>): 'v' | 'b' | '?' {
  if (write === undefined || read === undefined) return 'b';
  return write === writeStructured ? 'v' : '?';
}

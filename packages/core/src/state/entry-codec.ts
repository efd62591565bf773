import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { otherShape } from './restore-failure.js';
import type { ValueCodec, WrittenBy } from './value-codec.js';

/**
 * How a table writes one entry. `shape` says what is kept beside the values of the user's codec (times of expiry, fields of a map):
 * a changed shape can be read where `read` knows the old one.
 */
export interface EntryCodec<V> {
  readonly shape: string;
  /** What the values in an entry are written by. */
  readonly values: WrittenBy;
  write(writer: ByteWriter, value: V): void;
  /** Before many entries are written: see `CompiledAggregate`. */
  readAhead?(value: V): number;
  /** `undefined`: nothing is left of this entry. */
  read(reader: ByteReader, shape: string, by: WrittenBy): V | undefined;
  /** Whether a snapshot may leave this value out. */
  expired?(value: V): boolean;
  /** The state has just been captured: what `expired` goes by is what holds now. */
  captured?(): void;
  /** What of the entry has not expired now; all of it when left out, `undefined` for nothing. */
  live?(value: V): V | undefined;
  /** The entry as whoever keeps it knows it; the entry itself when left out. */
  inspect?(value: V): unknown;
  /** The same with values of its own, where what is read back has a place among what is kept. */
  copy?(value: V): unknown;
}

/** The shape of a table that keeps values and nothing else. */
export const PLAIN = 'plain';

/** A table of plain values. */
export function plainEntries<V>(values: ValueCodec<V>): EntryCodec<V> {
  return {
    shape: PLAIN,
    values,
    write: values.write,
    read(reader, shape, by) {
      if (shape !== PLAIN) throw otherShape(values.state, PLAIN, shape);
      return values.read(reader, by);
    },
  };
}

/** A copy of what there is of an entry now, as whoever keeps it knows it. The entry stays as it is. */
export function copyOf<V>(codec: EntryCodec<V>, entry: V): unknown {
  const live = codec.live === undefined ? entry : codec.live(entry);
  if (live === undefined) return undefined;
  if (codec.copy !== undefined) return codec.copy(live);
  const writer = new ByteWriter(64);
  codec.write(writer, live);
  const copy = codec.read(new ByteReader(writer.finish()), codec.shape, codec.values);
  return copy === undefined || codec.inspect === undefined ? copy : codec.inspect(copy);
}

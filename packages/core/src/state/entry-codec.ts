import type { ByteReader, ByteWriter } from '@sluice/connector-sdk';
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
  /** `undefined`: nothing is left of this entry. */
  read(reader: ByteReader, shape: string, by: WrittenBy): V | undefined;
  /** Whether a snapshot may leave this value out. */
  expired?(value: V): boolean;
  /** The state has just been captured: what `expired` goes by is what holds now. */
  captured?(): void;
  /** The entry as whoever keeps it knows it; the entry itself when left out. */
  inspect?(value: V): unknown;
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

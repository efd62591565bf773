import { structuredCodec } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import type { Expiry } from '../state/ttl.js';
import { valueCodec } from '../state/value-codec.js';
import type { Kept, Seen } from './dedupe-next.js';

const SEEN = 'seen';
const LAST = 'last';
const LAST_KEYED = 'last keyed';

/** Keys with the time of their last touch; those that are over are left out. */
export function seenEntries(expiry: Expiry, create: (at: number) => Seen): EntryCodec<Seen> {
  return {
    shape: SEEN,
    values: { version: 1, direct: true },
    write: (writer, { at }) => writer.float64(at),
    read(reader, shape) {
      if (shape !== SEEN) throw otherShape('dedupe', SEEN, shape);
      return create(reader.float64());
    },
    expired: ({ at }) => at > Number.NEGATIVE_INFINITY && expiry.isOverInSnapshot(at),
    captured: () => expiry.captured(),
  };
}

/** The newest element of each key. The elements of a keyed stream have the key of the stream beside them. */
export function keptEntries(
  keyed: boolean,
  create: (value: unknown, timestamp: number, at: number, key: unknown) => Kept,
): EntryCodec<Kept> {
  const expected = keyed ? LAST_KEYED : LAST;
  const values = valueCodec(structuredCodec<unknown>(), 'last');
  return {
    shape: expected,
    values,
    write(writer, { value, timestamp, at, key }) {
      writer.float64(timestamp);
      writer.float64(at);
      if (keyed) values.write(writer, key);
      values.write(writer, value);
    },
    read(reader, shape, by) {
      if (shape !== expected) throw otherShape('dedupe', expected, shape);
      const timestamp = reader.float64();
      const at = reader.float64();
      const key = keyed ? values.read(reader, by) : undefined;
      return create(values.read(reader, by), timestamp, at, key);
    },
  };
}

import { structuredCodec } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import type { Expiry } from '../state/ttl.js';
import { valueCodec } from '../state/value-codec.js';
import type { Kept, Seen } from './dedupe-next.js';

const SEEN = 'seen';
const LAST = 'last';

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

/** The newest element of each key. */
export function keptEntries(create: (value: unknown, timestamp: number, at: number) => Kept): EntryCodec<Kept> {
  const values = valueCodec(structuredCodec<unknown>(), 'last');
  return {
    shape: LAST,
    values,
    write(writer, { value, timestamp, at }) {
      writer.float64(timestamp);
      writer.float64(at);
      values.write(writer, value);
    },
    read(reader, shape, by) {
      if (shape !== LAST) throw otherShape('dedupe', LAST, shape);
      const timestamp = reader.float64();
      const at = reader.float64();
      return create(values.read(reader, by), timestamp, at);
    },
  };
}

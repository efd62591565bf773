import { readKey, writeKey } from './canonical-key.js';
import type { EntryCodec } from './entry-codec.js';
import { otherShape } from './restore-failure.js';
import type { Expiry } from './ttl.js';
import type { ValueCodec } from './value-codec.js';

/** An entry of a map state. */
export interface MapItem {
  readonly key: unknown;
  value: unknown;
  /** Of its last touch; without a time to live, nothing. */
  at: number;
}

const SHAPE = 'map';
const TIMED = 'timed map';

/** A map: how many entries, then key, time (if they have one) and value of each. */
export function mapEntries(
  values: ValueCodec<unknown>,
  expiry: Expiry | undefined,
  slotOf: (key: unknown) => unknown,
): EntryCodec<Map<unknown, MapItem>> {
  const timed = expiry !== undefined;
  const isKept = ({ at }: MapItem) => expiry === undefined || !expiry.isOverInSnapshot(at);
  return {
    shape: timed ? TIMED : SHAPE,
    values,
    write(writer, map) {
      let count = 0;
      for (const item of map.values()) if (isKept(item)) count++;
      writer.varint(count);
      for (const item of map.values()) {
        if (!isKept(item)) continue;
        writeKey(writer, item.key, values.state);
        if (timed) writer.float64(item.at);
        values.write(writer, item.value);
      }
    },
    read(reader, shape, by) {
      if (shape !== SHAPE && shape !== TIMED) throw otherShape(values.state, SHAPE, shape);
      const map = new Map<unknown, MapItem>();
      for (let left = reader.count(1); left > 0; left--) {
        const key = readKey(reader);
        const written = shape === TIMED ? reader.float64() : undefined;
        const at = expiry === undefined ? 0 : (written ?? expiry.restored());
        map.set(slotOf(key), { key, value: values.read(reader, by), at });
      }
      return map.size === 0 ? undefined : map;
    },
    inspect: (map) => new Map([...map.values()].filter(isKept).map(({ key, value }) => [key, value])),
    ...(expiry !== undefined && {
      expired(map) {
        for (const item of map.values()) if (isKept(item)) return false;
        return true;
      },
      captured: () => expiry.captured(),
      live(map) {
        const readable = new Map([...map].filter(([, { at }]) => expiry.isReadable(at)));
        return readable.size === 0 ? undefined : readable;
      },
    }),
  };
}

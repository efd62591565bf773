import {
  type ByteReader,
  type ByteWriter,
  readStructured,
  structuredCodec,
  writeStructured,
} from '@sluice/connector-sdk';
import { readKey, writeKey } from './canonical-key.js';
import { type EntryCodec, PLAIN } from './entry-codec.js';
import type { WrittenBy } from './value-codec.js';

interface PartCodec {
  read(reader: ByteReader): unknown;
  write(writer: ByteWriter, part: unknown): void;
}

/** The letters of a layout. */
const PARTS: ReadonlyMap<string, PartCodec> = new Map<string, PartCodec>([
  ['c', { read: (reader) => reader.varint(), write: (writer, count) => writer.varint(count as number) }],
  ['n', { read: (reader) => reader.float64(), write: (writer, number) => writer.float64(number as number) }],
  ['v', { read: readStructured, write: writeStructured }],
  ['b', { read: (reader) => reader.bytes(), write: (writer, bytes) => writer.bytes(bytes as Uint8Array) }],
  ['k', { read: readKey, write: (writer, key) => writeKey(writer, key) }],
]);

/** What stands before each value of a list or a map. */
const COLLECTIONS: ReadonlyMap<string, string> = new Map([
  ['list', ''],
  ['timed list', 'n'],
  ['map', 'k'],
  ['timed map', 'kn'],
]);

/**
 * Entries of a state that nobody has declared: passed over, or written again as they are. `undefined` when nobody but its codec knows where
 * a value ends.
 */
export function opaqueEntries(shape: string, by: WrittenBy): EntryCodec<readonly unknown[]> | undefined {
  const layout = layoutOfEntry(shape, by);
  if (layout === undefined) return undefined;
  const parts = [...layout.parts].map((letter) => PARTS.get(letter) as PartCodec);
  const readParts = (reader: ByteReader) => parts.map((part) => part.read(reader));
  const writeParts = (writer: ByteWriter, values: readonly unknown[]) => {
    for (const [at, part] of parts.entries()) part.write(writer, values[at]);
  };
  if (!layout.repeated) return { shape, values: by, write: writeParts, read: readParts };
  return {
    shape,
    values: by,
    write(writer, items) {
      writer.varint(items.length);
      for (const item of items) writeParts(writer, item as readonly unknown[]);
    },
    read: (reader) => Array.from({ length: reader.count(1) }, () => readParts(reader)),
  };
}

function layoutOfEntry(
  shape: string,
  by: WrittenBy,
): { readonly parts: string; readonly repeated: boolean } | undefined {
  const [, timed] = /^timed\((.*)\)$/s.exec(shape) ?? [];
  const time = timed === undefined ? '' : 'n';
  const layout = by.layout ?? '';
  // An aggregate: its fields.
  if (/^a[cnvb]+$/.test(layout)) return { parts: time + layout.slice(1), repeated: false };
  if (layout !== 'b' && (layout !== 'v' || by.version !== structuredCodec().version)) return undefined;
  if ((timed ?? shape) === PLAIN) return { parts: time + layout, repeated: false };
  if (shape.startsWith('operator list, ')) return { parts: layout, repeated: false };
  // The order of a broadcast entry among the others.
  if (shape === 'broadcast') return { parts: `c${layout}`, repeated: false };
  const before = COLLECTIONS.get(shape);
  return before === undefined ? undefined : { parts: before + layout, repeated: true };
}

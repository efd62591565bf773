import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { asDamage, damaged, newerFormat } from './restore-failure.js';
import type { WrittenBy } from './value-codec.js';

/**
 * The bytes of one operator's keyed state: a link that has everything and any number of links, in order, with what changed since the
 * one before.
 *
 *     link       version · preamble · frame … frame · end
 *     version    2: everything; 3: what changed; 1, of before: everything, and no layouts
 *     preamble   uid, maximal parallelism, the operator's header, for each table its name, shape, codec's version and layout of values
 *     frame      1, key group (u32), length (u32), entries
 *                2, key group (u32), length (u32), keys: of what changed, before all entries; nothing is left of these
 *     end        0, number of entries and keys (f64)
 *
 * A frame holds entries of one key group, and a group may have any number of frames in any place: so entries can be written in
 * whatever order they come, and a subtask that owns some of the groups skips the frames of the others unread.
 */
const WITHOUT_LAYOUTS = 1;
const EVERYTHING = 2;
const CHANGES = 3;
export const ENTRIES = 1;
export const GONE = 2;
const END = 0;
/** Of a frame, before its entries. */
export const FRAME_HEADER = 9;

export interface TablePreamble {
  readonly name: string;
  readonly shape: string;
  readonly by: WrittenBy;
}

export interface Preamble {
  readonly uid: string;
  /** The link has what changed since the one before. */
  readonly changes: boolean;
  readonly maxParallelism: number;
  readonly header: Uint8Array;
  readonly tables: readonly TablePreamble[];
}

export function encodePreamble(preamble: Preamble): Uint8Array {
  const writer = new ByteWriter(256 + preamble.header.length);
  writer.uint8(preamble.changes ? CHANGES : EVERYTHING);
  writer.string(preamble.uid);
  writer.varint(preamble.maxParallelism);
  writer.bytes(preamble.header);
  writer.varint(preamble.tables.length);
  for (const { name, shape, by } of preamble.tables) {
    writer.string(name);
    writer.string(shape);
    writer.varint(by.version);
    writer.uint8(by.direct ? 1 : 0);
    writer.string(by.layout ?? '');
  }
  return writer.finish();
}

/** Leaves room for the header of a frame at the beginning of an empty writer. */
export function beginFrame(writer: ByteWriter, tag: number): void {
  writer.uint8(tag);
  writer.uint32(0);
  writer.uint32(0);
}

/** The frame begun in the writer, not copied: the writer is to be reset when it has been. */
export function endFrame(writer: ByteWriter, group: number): Uint8Array {
  const frame = writer.view();
  const view = new DataView(frame.buffer, frame.byteOffset, FRAME_HEADER);
  view.setUint32(1, group, true);
  view.setUint32(5, frame.length - FRAME_HEADER, true);
  return frame;
}

export function encodeEnd(entries: number): Uint8Array {
  const writer = new ByteWriter(16);
  writer.uint8(END);
  writer.float64(entries);
  return writer.finish();
}

/** What `readSnapshot` finds. */
export interface SnapshotVisitor {
  /** Comes first in each link. */
  preamble(preamble: Preamble): void;
  owns(group: number): boolean;
  /** Reads the entries of a frame, all of one key group, and answers how many they were. */
  frame(entries: ByteReader, group: number): number;
  /** Reads keys of which nothing is left, and answers how many they were. */
  gone(keys: ByteReader): number;
}

/**
 * Reads a snapshot, all of its links, from its beginning to its end.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED when the bytes are no whole snapshot.
 * @throws SLUICE_STATE_VERSION when a newer format wrote them.
 */
export function readSnapshot(bytes: Uint8Array, component: string, visitor: SnapshotVisitor): void {
  try {
    const reader = new ByteReader(bytes);
    const version = reader.uint8();
    if (version > CHANGES) throw newerFormat(component, CHANGES, version);
    if (version !== EVERYTHING && version !== WITHOUT_LAYOUTS)
      throw damaged(component, 'a snapshot of everything', 'the changes of one');
    readLink(reader, component, visitor, version);
    while (reader.remaining > 0) {
      const next = reader.uint8();
      if (next !== CHANGES) throw damaged(component, 'an end, or changes', `a link of kind ${next}`);
      readLink(reader, component, visitor, CHANGES);
    }
  } catch (cause) {
    throw asDamage(cause, component);
  }
}

function readLink(reader: ByteReader, component: string, visitor: SnapshotVisitor, version: number): void {
  const changes = version === CHANGES;
  visitor.preamble(readPreamble(reader, version));
  let read = 0;
  let skipped = false;
  for (;;) {
    const tag = reader.uint8();
    if (tag === END) break;
    if (tag !== ENTRIES && !(changes && tag === GONE)) throw damaged(component, 'a frame', `tag ${tag}`);
    const group = reader.uint32();
    const length = reader.uint32();
    const frame = new ByteReader(reader.view(length));
    if (!visitor.owns(group)) {
      skipped = true;
      continue;
    }
    read += tag === ENTRIES ? visitor.frame(frame, group) : visitor.gone(frame);
    frame.end();
  }
  const written = reader.float64();
  if (!skipped && written !== read) throw damaged(component, `${written} entries`, `${read}`);
}

/** What a snapshot says of itself before its entries; its first link, if it has several. */
export function preambleOf(bytes: Uint8Array, component: string): Preamble {
  try {
    const reader = new ByteReader(bytes);
    return readPreamble(reader, reader.uint8());
  } catch (cause) {
    throw asDamage(cause, component);
  }
}

function readPreamble(reader: ByteReader, version: number): Preamble {
  const uid = reader.string();
  const maxParallelism = reader.varint();
  const header = reader.bytes();
  const tables: TablePreamble[] = [];
  for (let left = reader.count(4); left > 0; left--) {
    const name = reader.string();
    const shape = reader.string();
    const by = { version: reader.varint(), direct: reader.uint8() === 1 };
    const layout = version === WITHOUT_LAYOUTS ? '' : reader.string();
    tables.push({ name, shape, by: layout === '' ? by : { ...by, layout } });
  }
  return { uid, changes: version === CHANGES, maxParallelism, header, tables };
}

import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { asDamage, damaged, newerFormat } from './restore-failure.js';
import type { WrittenBy } from './value-codec.js';

/**
 * The bytes of one operator's keyed state:
 *
 *     version · preamble · frame … frame · end
 *     preamble   uid, maximal parallelism, the operator's header, for each table its name, shape, codec's version and layout
 *     frame      1, key group (u32), length (u32), entries
 *     end        0, number of entries (f64)
 *
 * A frame holds entries of one key group, and a group may have any number of frames in any place: so entries can be written in
 * whatever order they come, and a subtask that owns some of the groups skips the frames of the others unread.
 */
const FORMAT_VERSION = 2;
/** Tables without their layout. */
const WITHOUT_LAYOUT = 1;
const FRAME = 1;
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
  readonly maxParallelism: number;
  readonly header: Uint8Array;
  readonly tables: readonly TablePreamble[];
}

export function encodePreamble(preamble: Preamble): Uint8Array {
  const writer = new ByteWriter(256 + preamble.header.length);
  writer.uint8(FORMAT_VERSION);
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
export function beginFrame(writer: ByteWriter): void {
  writer.uint8(FRAME);
  writer.uint32(0);
  writer.uint32(0);
}

/** The frame begun in the writer, which is empty again. */
export function endFrame(writer: ByteWriter, group: number): Uint8Array {
  const frame = writer.finish();
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
  /** Comes first. */
  preamble(preamble: Preamble): void;
  owns(group: number): boolean;
  /** Reads the entries of a frame and answers how many they were. */
  frame(entries: ByteReader): number;
}

/**
 * Reads a snapshot from its beginning to its end.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED when the bytes are no whole snapshot.
 * @throws SLUICE_STATE_VERSION when a newer format wrote them.
 */
export function readSnapshot(bytes: Uint8Array, component: string, visitor: SnapshotVisitor): void {
  try {
    const reader = new ByteReader(bytes);
    const version = reader.uint8();
    if (version !== FORMAT_VERSION && version !== WITHOUT_LAYOUT) throw newerFormat(component, FORMAT_VERSION, version);
    visitor.preamble(readPreamble(reader, version));
    let entries = 0;
    let skipped = false;
    for (;;) {
      const tag = reader.uint8();
      if (tag === END) break;
      if (tag !== FRAME) throw damaged(component, 'a frame', `tag ${tag}`);
      const group = reader.uint32();
      const length = reader.uint32();
      const frame = new ByteReader(reader.raw(length));
      if (!visitor.owns(group)) {
        skipped = true;
        continue;
      }
      entries += visitor.frame(frame);
      frame.end();
    }
    const written = reader.float64();
    if (!skipped && written !== entries) throw damaged(component, `${written} entries`, `${entries}`);
    reader.end();
  } catch (cause) {
    throw asDamage(cause, component);
  }
}

function readPreamble(reader: ByteReader, format: number): Preamble {
  const uid = reader.string();
  const maxParallelism = reader.varint();
  const header = reader.bytes();
  const tables: TablePreamble[] = [];
  for (let left = reader.count(4); left > 0; left--) {
    const name = reader.string();
    const shape = reader.string();
    const version = reader.varint();
    const direct = reader.uint8() === 1;
    const layout = format === WITHOUT_LAYOUT ? '' : reader.string();
    tables.push({ name, shape, by: { version, direct, layout } });
  }
  return { uid, maxParallelism, header, tables };
}

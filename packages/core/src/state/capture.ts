import { ByteWriter, SluiceError } from '@sluice/connector-sdk';
import type { CapturedState } from '../stream/barrier.js';
import { writeKey } from './canonical-key.js';
import type { KeyIndex } from './key-index.js';
import { beginFrame, encodeEnd, encodePreamble, endFrame } from './snapshot-format.js';
import type { CaptureGate, Table } from './table.js';

/** Entries between two looks at the clock: some 50 µs of work. */
const ENTRIES_PER_LOOK = 256;
/** A frame is handed over when it has grown to this; less when there are so many groups that their buffers would add up. */
const FRAME_BYTES = 32 * 1024;
const ALL_FRAMES_BYTES = 8 * 1024 * 1024;
const SMALLEST_FRAME_BYTES = 512;
/** One entry may be much larger than a frame: it is handed over in parts. */
const CHUNK_BYTES = 128 * 1024;
/** What an entry is expected to take, so that buffers need not grow while the stream waits. */
const ENTRY_BYTES = 48;

/**
 * Captures the tables of one store. Ids are encoded from the highest down, so that one number, `limit`, says what may still have
 * to be preserved: an id at or above it is either encoded or newer than the barrier. An entry that is touched below it is encoded
 * first and marked, and passed over later.
 */
export class StateCaptures implements CaptureGate {
  limit = 0;
  private touched = new Uint8Array(0);
  private readonly writers: (ByteWriter | undefined)[];
  private readonly frameBytes: number;
  private readonly ready: Uint8Array[] = [];
  private open: object | undefined;
  private entries = 0;

  constructor(
    private readonly uid: string,
    private readonly keys: KeyIndex,
    private readonly tables: readonly Table<unknown>[],
  ) {
    this.writers = new Array<ByteWriter | undefined>(keys.maxParallelism).fill(undefined);
    this.frameBytes = Math.max(
      SMALLEST_FRAME_BYTES,
      Math.min(FRAME_BYTES, Math.floor(ALL_FRAMES_BYTES / keys.maxParallelism)),
    );
  }

  /** The tables as they are now. Nothing is copied here; the marks are one bit for each id. */
  capture(header: Uint8Array): CapturedState {
    if (this.open !== undefined) throw alreadyOpen(this.uid);
    const { uid, keys, tables } = this;
    const token = {};
    this.open = token;
    this.limit = keys.limit;
    this.entries = 0;
    if (this.touched.length * 8 < this.limit) this.touched = new Uint8Array((this.limit >>> 2) + 8);
    for (const { codec } of tables) codec.captured?.();
    this.ready.push(
      encodePreamble({
        uid,
        maxParallelism: keys.maxParallelism,
        header,
        tables: tables.map(({ name, codec: { shape, values } }) => ({ name, shape, by: values })),
      }),
    );
    return {
      uid,
      encode: (write, stop) => this.open !== token || this.encode(write, stop),
      discard: () => {
        if (this.open === token) this.discard();
      },
    };
  }

  preserve(id: number): void {
    const bit = 1 << (id & 7);
    const marks = this.touched[id >>> 3] as number;
    if ((marks & bit) !== 0) return;
    this.touched[id >>> 3] = marks | bit;
    this.encodeEntry(id);
  }

  private encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean {
    while (this.limit > 0) {
      const downTo = Math.max(0, this.limit - ENTRIES_PER_LOOK);
      for (let id = this.limit - 1; id >= downTo; id--) {
        const bit = 1 << (id & 7);
        const marks = this.touched[id >>> 3] as number;
        if ((marks & bit) === 0) this.encodeEntry(id);
        else this.touched[id >>> 3] = marks & ~bit;
      }
      this.limit = downTo;
      this.handOver(write);
      if (stop()) return false;
    }
    for (let group = 0; group < this.writers.length; group++) {
      const writer = this.writers[group];
      if (writer === undefined || writer.length === 0) continue;
      this.ready.push(endFrame(writer, group));
      this.handOver(write);
      if (stop()) return false;
    }
    this.handOver(write);
    write(encodeEnd(this.entries));
    this.open = undefined;
    return true;
  }

  private discard(): void {
    this.touched.fill(0);
    this.limit = 0;
    this.ready.length = 0;
    for (const writer of this.writers) writer?.reset();
    this.open = undefined;
  }

  private handOver(write: (chunk: Uint8Array) => void): void {
    for (const chunk of this.ready) {
      for (let at = 0; at < chunk.length; at += CHUNK_BYTES) write(chunk.subarray(at, at + CHUNK_BYTES));
    }
    this.ready.length = 0;
  }

  private encodeEntry(id: number): void {
    const { tables, keys } = this;
    let present = false;
    for (const table of tables) if (isKept(table, id)) present = true;
    if (!present) return;
    this.entries++;
    const group = keys.groupOf(id);
    const writer = this.writers[group] ?? this.writerOf(group);
    if (writer.length === 0) beginFrame(writer);
    writeKey(writer, keys.keyOf(id));
    if (tables.length === 1) {
      const table = tables[0] as Table<unknown>;
      table.codec.write(writer, table.values[id]);
    } else {
      writeEntries(writer, tables, id);
    }
    if (writer.length >= this.frameBytes) this.ready.push(endFrame(writer, group));
  }

  private writerOf(group: number): ByteWriter {
    const expected = (this.keys.size * ENTRY_BYTES) / this.keys.maxParallelism;
    const writer = new ByteWriter(Math.min(this.frameBytes + 1024, Math.ceil(expected)));
    this.writers[group] = writer;
    return writer;
  }
}

/** For each eight tables one byte that says which of them have something, then what they have. */
function writeEntries(writer: ByteWriter, tables: readonly Table<unknown>[], id: number): void {
  for (let from = 0; from < tables.length; from += 8) {
    const to = Math.min(tables.length, from + 8);
    let kept = 0;
    for (let at = from; at < to; at++) if (isKept(tables[at] as Table<unknown>, id)) kept |= 1 << (at - from);
    writer.uint8(kept);
    for (let at = from; at < to; at++) {
      const table = tables[at] as Table<unknown>;
      if ((kept & (1 << (at - from))) !== 0) table.codec.write(writer, table.values[id]);
    }
  }
}

function isKept(table: Table<unknown>, id: number): boolean {
  if (id >= table.values.length) return false;
  const value = table.values[id];
  return value !== undefined && table.codec.expired?.(value) !== true;
}

function alreadyOpen(uid: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CAPTURE_OPEN',
    component: uid,
    expected: 'the capture before to be encoded or discarded',
    actual: 'one still open',
    remedy: 'let one checkpoint or savepoint end before the next begins',
  });
}

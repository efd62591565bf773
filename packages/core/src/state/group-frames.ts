import { ByteWriter } from '@sluice/connector-sdk';
import type { Blocks } from './blocks.js';
import { beginFrame, endFrame } from './snapshot-format.js';

/** A frame is handed over when it has grown to this; less when there are so many groups that their buffers would add up. */
const FRAME_BYTES = 32 * 1024;
const ALL_FRAMES_BYTES = 8 * 1024 * 1024;
const SMALLEST_FRAME_BYTES = 512;

/** Frames of one kind as they grow, one for each key group. */
export class GroupFrames {
  private readonly writers: (ByteWriter | undefined)[];
  private readonly frameBytes: number;

  constructor(
    private readonly tag: number,
    maxParallelism: number,
    /** Takes the frames that are full. */
    private readonly ready: Blocks,
    /** Bytes that a group is expected to need, so that buffers need not grow while the stream waits. */
    private readonly expected: () => number,
  ) {
    this.writers = new Array<ByteWriter | undefined>(maxParallelism).fill(undefined);
    this.frameBytes = Math.max(
      SMALLEST_FRAME_BYTES,
      Math.min(FRAME_BYTES, Math.floor(ALL_FRAMES_BYTES / maxParallelism)),
    );
  }

  /** Where the next entry of a group is to be written. */
  of(group: number): ByteWriter {
    const writer = this.writers[group] ?? this.writerOf(group);
    if (writer.length === 0) beginFrame(writer, this.tag);
    return writer;
  }

  /** An entry has been written. */
  wrote(group: number): void {
    const writer = this.writers[group];
    if (writer !== undefined && writer.length >= this.frameBytes) this.handOver(writer, group);
  }

  /** Ends the frames, one for each step. */
  *ends(): Generator<void> {
    for (let group = 0; group < this.writers.length; group++) {
      const writer = this.writers[group];
      if (writer === undefined || writer.length === 0) continue;
      this.handOver(writer, group);
      yield;
    }
  }

  reset(): void {
    for (const writer of this.writers) writer?.reset();
  }

  private handOver(writer: ByteWriter, group: number): void {
    this.ready.append(endFrame(writer, group));
    writer.reset();
  }

  private writerOf(group: number): ByteWriter {
    const writer = new ByteWriter(Math.min(this.frameBytes + 1024, Math.ceil(this.expected())));
    this.writers[group] = writer;
    return writer;
  }
}

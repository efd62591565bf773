import { join } from 'node:path';
import type { Compression } from './compression.js';
import type { PartCommittable } from './part-committable.js';
import type { PartFiles, PartHandle } from './part-files.js';

const BLOCK_BYTES = 64 * 1024;

export interface PartFileParts {
  readonly files: PartFiles;
  readonly folder: string;
  readonly compression: Compression | undefined;
  /** Of bytes on their way to the disk: `queued` and later `written` have this sum. */
  queued(bytes: number): void;
  written(bytes: number): void;
  /** Once; everything that is asked of the file from then on fails. */
  failed(name: string, error: unknown): void;
}

/**
 * A part file that is being written: blocks go to the disk one after another, beside the stream. A block is what is compressed together, so the
 * file can be cut at the end of any.
 */
export class PartFile {
  /** When it was last written to, epoch milliseconds. */
  writtenAt: number;
  private readonly block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private used = 0;
  private durable: number;
  private onDisk: number;
  /** As the file will be once everything queued is on the disk, as far as that is known: compression makes it less. */
  private expected: number;
  private handle: PartHandle | undefined;
  private failed = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: PartFileParts,
    readonly part: Omit<PartCommittable, 'kind' | 'bytes'>,
    continuedAt: number | undefined,
    now: number,
  ) {
    this.writtenAt = now;
    this.durable = continuedAt ?? 0;
    this.onDisk = this.durable;
    this.expected = this.durable;
    const { files, folder } = parts;
    const path = join(folder, part.name);
    this.inTurn(async () => {
      this.handle = await (continuedAt === undefined ? files.create(path) : files.continue(path, continuedAt));
    });
  }

  get size(): number {
    return this.expected + this.used;
  }

  write(bytes: Uint8Array, now: number): void {
    this.writtenAt = now;
    if (bytes.length > BLOCK_BYTES - this.used) this.endBlock();
    if (bytes.length > BLOCK_BYTES) this.queue(Buffer.from(bytes));
    else {
      this.block.set(bytes, this.used);
      this.used += bytes.length;
    }
  }

  /** Everything written so far is durable when it resolves, with the length that the file has then. */
  sync(): Promise<number> {
    this.endBlock();
    return this.inTurn(async () => {
      if (this.onDisk !== this.durable) await this.handle?.sync();
      this.durable = this.onDisk;
      return this.durable;
    });
  }

  /** As `sync`; nothing is written after it. */
  finish(): Promise<number> {
    const length = this.sync();
    this.inTurn(() => this.close()).catch(() => {});
    return length;
  }

  /** What is not durable may be lost. */
  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  /** When everything queued has been tried. */
  async settled(): Promise<void> {
    await this.work.catch(() => {});
  }

  private endBlock(): void {
    if (this.used === 0) return;
    this.queue(Buffer.from(this.block.subarray(0, this.used)));
    this.used = 0;
  }

  private queue(block: Uint8Array): void {
    const { compression, queued, written } = this.parts;
    queued(block.length);
    this.expected += block.length;
    // Begun at once: the blocks of a file are compressed side by side, and written in order.
    const compressed = compression?.compress(block);
    compressed?.catch(() => {});
    this.inTurn(async () => {
      const bytes = (await compressed) ?? block;
      await this.handle?.write(bytes);
      this.onDisk += bytes.length;
      this.expected += bytes.length - block.length;
    })
      .finally(() => written(block.length))
      .catch(() => {});
  }

  /** After the first failure nothing more is tried, and everything fails with it. */
  private inTurn<R>(step: () => Promise<R>): Promise<R> {
    const done = this.work.then(step);
    this.work = done;
    done.catch((error) => {
      if (this.failed) return;
      this.failed = true;
      this.parts.failed(this.part.name, error);
    });
    return done;
  }
}

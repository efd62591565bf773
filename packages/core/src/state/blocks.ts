/** The first block; each is twice as large as the one before, up to what a storage is given at once. */
const FIRST_BYTES = 4 * 1024;
const LARGEST_BYTES = 256 * 1024;
/** So many blocks at most wait to be used again. */
const MOST_FREE = 8;

/** Bytes behind each other, copied once, in blocks that are handed over as they are. */
export class Blocks {
  private full: Uint8Array[] = [];
  private block: Uint8Array = new Uint8Array(0);
  private end = 0;
  private size = FIRST_BYTES;
  private readonly free: Uint8Array[] = [];

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.end === this.block.length) this.begin();
      const part = bytes.subarray(from, from + this.block.length - this.end);
      this.block.set(part, this.end);
      this.end += part.length;
      from += part.length;
    }
  }

  /** The blocks that are full. */
  take(): readonly Uint8Array[] {
    const { full } = this;
    if (full.length > 0) this.full = [];
    return full;
  }

  /** All that there is. */
  takeAll(): readonly Uint8Array[] {
    const blocks = [...this.full, this.block.subarray(0, this.end)];
    this.reset();
    return blocks;
  }

  /**
   * Takes back what was handed over and is not read any more. Blocks that live as long as it takes to fill them are moved among the old
   * objects, and their memory, outside of the heap, brings the next collection of all of it forward: into the checkpoint.
   */
  reuse({ buffer }: Uint8Array): void {
    if (buffer.byteLength === LARGEST_BYTES && this.free.length < MOST_FREE) this.free.push(new Uint8Array(buffer));
  }

  reset(): void {
    this.full = [];
    this.block = new Uint8Array(0);
    this.end = 0;
    this.size = FIRST_BYTES;
  }

  private begin(): void {
    if (this.end > 0) this.full.push(this.block);
    this.block = (this.size === LARGEST_BYTES ? this.free.pop() : undefined) ?? new Uint8Array(this.size);
    this.end = 0;
    this.size = Math.min(LARGEST_BYTES, this.size * 2);
  }
}

/** An element under way, or a watermark behind elements under way. */
export interface AsyncEntry {
  readonly value: unknown;
  readonly timestamp: number;
  /** Set for a watermark. */
  readonly watermark: number | undefined;
  /** The result, or the cause when it failed. */
  result: unknown;
  failed: boolean;
  done: boolean;
  emitted: boolean;
}

/** Entries at the front that have gone before the array is cut. */
const CUT = 1024;

/**
 * What is under way, in order of arrival. Ordered, the front goes when it is done. Unordered, whatever is done before the first
 * watermark goes.
 */
export class AsyncQueue {
  /** Elements that have not been emitted. */
  elements = 0;
  private entries: (AsyncEntry | undefined)[] = [];
  private head = 0;
  private watermarks = 0;
  /** Done, in order of completion; only used unordered. */
  private done: AsyncEntry[] = [];

  constructor(private readonly ordered: boolean) {}

  get empty(): boolean {
    return this.head === this.entries.length;
  }

  add(value: unknown, timestamp: number): AsyncEntry {
    const entry: AsyncEntry = {
      value,
      timestamp,
      watermark: undefined,
      result: undefined,
      failed: false,
      done: false,
      emitted: false,
    };
    this.entries.push(entry);
    this.elements++;
    return entry;
  }

  addWatermark(watermark: number): void {
    this.watermarks++;
    this.entries.push({
      value: undefined,
      timestamp: Number.NaN,
      watermark,
      result: undefined,
      failed: false,
      done: true,
      emitted: false,
    });
  }

  settled(entry: AsyncEntry): void {
    entry.done = true;
    if (!this.ordered) this.done.push(entry);
  }

  /** Hands over what may go now. */
  drain(emit: (entry: AsyncEntry) => void): void {
    if (!this.ordered && this.watermarks === 0) this.drainDone(emit);
    for (let entry = this.entries[this.head]; entry !== undefined; entry = this.entries[this.head]) {
      if (!entry.done && !entry.emitted) {
        if (!this.ordered) this.drainSegment(emit);
        break;
      }
      this.entries[this.head++] = undefined;
      if (!entry.emitted) this.emit(entry, emit);
    }
    if (this.head > CUT && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }

  /** What has not been emitted, in order of arrival. */
  *remaining(): Iterable<AsyncEntry> {
    for (let index = this.head; index < this.entries.length; index++) {
      const entry = this.entries[index];
      if (entry !== undefined && !entry.emitted) yield entry;
    }
  }

  private drainDone(emit: (entry: AsyncEntry) => void): void {
    const { done } = this;
    this.done = [];
    for (const entry of done) if (!entry.emitted) this.emit(entry, emit);
  }

  /** Unordered, with watermarks waiting: what is done in front of the first one. */
  private drainSegment(emit: (entry: AsyncEntry) => void): void {
    for (let index = this.head; index < this.entries.length; index++) {
      const entry = this.entries[index];
      if (entry?.watermark !== undefined) return;
      if (entry?.done && !entry.emitted) this.emit(entry, emit);
    }
  }

  private emit(entry: AsyncEntry, emit: (entry: AsyncEntry) => void): void {
    entry.emitted = true;
    if (entry.watermark === undefined) this.elements--;
    else this.watermarks--;
    emit(entry);
  }
}

import type { SourceBatch, SourceReader, SourceSplit } from '@sluice/connector-sdk';

/** What a checkpoint keeps of a split. */
export interface SplitPosition {
  readonly id: string;
  readonly split: unknown;
  /** Undefined: nothing has been read yet. */
  readonly position: unknown;
  readonly finished: boolean;
}

/**
 * Pulls one split, one batch ahead of the elements being given out. Not taking a batch is backpressure.
 */
export class SplitReader {
  /** The batch whose elements are being given out. */
  batch: SourceBatch<unknown, unknown> | undefined;
  /** The next element of `batch` to give out. */
  index = 0;
  /** The next side output entry of `batch` to give out. */
  sideIndex = 0;
  /** When it was last chosen: who waited longest goes first among equals. */
  served = 0;
  private ahead: SourceBatch<unknown, unknown> | undefined;
  private iterator: AsyncIterator<SourceBatch<unknown, unknown>> | undefined;
  /** Its next batch has been asked for. */
  reading = false;
  private ended = false;
  private endTaken = false;
  /** It has been taken as ended where there may be more. */
  private cut = false;
  private position: unknown;
  fraction: number | undefined;
  /** It has drifted too far ahead of its alignment group. */
  drifted = false;
  /** What the newest batch said of those behind it. */
  hasMore: boolean | undefined;

  constructor(
    readonly split: SourceSplit<unknown>,
    /** The split's place among the splits of its source. */
    readonly place: number,
    restored: { readonly position: unknown; readonly finished: boolean } | undefined,
    private readonly events: { ready(): void; failed(error: unknown): void },
  ) {
    this.position = restored?.position;
    this.ended = restored?.finished ?? false;
  }

  open(reader: SourceReader<unknown, unknown, unknown>, signal: AbortSignal): void {
    if (this.ended) return;
    this.iterator = reader.read(this.split, this.position, signal)[Symbol.asyncIterator]();
    this.request();
  }

  /** Everything has been read and given out. */
  get finished(): boolean {
    return this.ended && !this.hasRead;
  }

  /** Answers true once: when everything has been given out. */
  takeEnd(): boolean {
    if (this.endTaken || !this.finished) return false;
    this.endTaken = true;
    return true;
  }

  /** Its next batch has been asked for and is not there yet. */
  get awaited(): boolean {
    return this.reading && !this.hasRead;
  }

  /** Elements have been read and not been given out yet. */
  get hasRead(): boolean {
    return this.batch !== undefined || this.ahead !== undefined;
  }

  /** True when there is something to give out; takes the next batch when the last one is used up. */
  get ready(): boolean {
    return this.batch !== undefined || this.advance();
  }

  /** The batch has been given out. */
  finishBatch(): void {
    const { batch } = this;
    if (batch === undefined) return;
    // Nothing has been emitted of a batch without values, unless it says that something else was.
    if (batch.values.length > 0 || batch.sideOutputs !== undefined)
      this.position = batch.positionAfter(batch.values.length - 1);
    this.fraction = batch.progress ?? this.fraction;
    this.batch = undefined;
  }

  snapshot(): SplitPosition {
    const { batch, index } = this;
    const position = batch !== undefined && index > 0 ? batch.positionAfter(index - 1) : this.position;
    return { id: this.split.id, split: this.split.split, position, finished: this.finished && !this.cut };
  }

  /** The input is to be taken as ended here. */
  end(): void {
    const { batch, index } = this;
    if (batch !== undefined && index > 0) this.position = batch.positionAfter(index - 1);
    this.cut = !this.ended || batch !== undefined || this.ahead !== undefined;
    this.ended = true;
    this.batch = undefined;
    this.ahead = undefined;
  }

  async close(): Promise<void> {
    const { iterator } = this;
    this.iterator = undefined;
    await iterator?.return?.();
  }

  private advance(): boolean {
    if (this.ahead === undefined) return false;
    this.batch = this.ahead;
    this.hasMore = this.batch.hasMore;
    this.ahead = undefined;
    this.index = 0;
    this.sideIndex = 0;
    this.request();
    return true;
  }

  private request(): void {
    const { iterator } = this;
    if (this.reading || this.ended || iterator === undefined) return;
    this.reading = true;
    iterator.next().then(
      (result) => {
        this.reading = false;
        if (this.iterator === undefined || this.ended) return;
        if (result.done) this.ended = true;
        else this.ahead = result.value;
        this.events.ready();
      },
      (error) => {
        this.reading = false;
        if (this.iterator !== undefined) this.events.failed(error);
      },
    );
  }
}

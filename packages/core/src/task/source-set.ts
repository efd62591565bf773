import type { Barrier, StreamObserver } from '../stream/element.js';
import type { Pace } from './pace.js';
import { type Attention, createGiveOut, type GiveOut, type LoopSplits } from './source-port.js';
import type { SplitPosition, SplitReader } from './split-reader.js';

/** A source inside a running graph. */
export interface LoopSource {
  readonly uid: string;
  readonly input: StreamObserver<unknown>;
  readonly splits: LoopSplits;
  readonly readers: SplitReader[];
  /** Bounded and replayable: what it has not given yet comes at once, unless a batch says otherwise. */
  readonly isLog: boolean;
  /** It is read to its end before others are. */
  readonly leads: boolean;
  /** No further split will be discovered. */
  complete: boolean;
}

/** Positions of all splits at a barrier, by the uid of their source. */
export type WavePositions = ReadonlyMap<string, readonly SplitPosition[]>;

interface Entry {
  readonly source: LoopSource;
  readonly giveOut: GiveOut;
  ended: boolean;
}

/** The split whose elements are given out next. */
export interface Choice {
  readonly entry: Entry;
  readonly reader: SplitReader;
}

/** The sources of one graph: which split goes next, where all of them stand, and which have ended. */
export class SourceSet {
  /** Elements given out by all sources. */
  readonly count = { elements: 0 };
  /** All sources have been added. */
  complete = false;
  private readonly entries: Entry[] = [];
  private served = 0;
  private heldBack = false;

  constructor(
    private readonly attention: Attention,
    private readonly pace: Pace,
    private readonly sideOutput: (target: object, value: unknown, timestamp: number) => void,
    private readonly signal: () => void,
  ) {}

  add(source: LoopSource): void {
    const giveOut = createGiveOut(source.input, this.attention, this.pace, this.sideOutput);
    source.splits.interrupt = () => {
      this.attention.wanted = true;
    };
    source.splits.atHand = (place) => source.readers[place]?.hasRead ?? false;
    this.entries.push({ source, giveOut, ended: false });
  }

  /**
   * The split that is furthest behind in event time, or none while the next batch of a log that is further behind than all others is
   * on its way: without that wait the splits of a log are read in turn, and drift apart. `ended` is told of splits that have given all.
   */
  choose(ended: (tell: () => void) => void): Choice | undefined {
    let best: Choice | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    let awaited = Number.POSITIVE_INFINITY;
    const led = this.entries.some(({ source, ended }) => source.leads && !ended);
    for (const entry of this.entries) {
      const { source } = entry;
      if (led && !source.leads) continue;
      // Whom it would wait for is not read yet.
      const isAhead = led ? undefined : source.splits.ahead;
      for (const reader of source.readers) {
        if (isAhead !== undefined && this.waits(source, reader, isAhead)) continue;
        const watermark = source.splits.watermarks[reader.place] ?? Number.NEGATIVE_INFINITY;
        if (!reader.ready) {
          if (reader.takeEnd()) ended(() => source.splits.ended?.(reader.place));
          else if ((reader.hasMore ?? source.isLog) && reader.awaited) awaited = Math.min(awaited, watermark);
          continue;
        }
        if (best === undefined || watermark < lowest || (watermark === lowest && reader.served < best.reader.served)) {
          best = { entry, reader };
          lowest = watermark;
        }
      }
    }
    return awaited < lowest ? undefined : best;
  }

  /** The split is too far ahead of its alignment group. */
  private waits(source: LoopSource, reader: SplitReader, isAhead: NonNullable<LoopSplits['ahead']>): boolean {
    const ahead = !reader.finished && isAhead(reader.place, this.signal);
    if (ahead !== reader.drifted) {
      reader.drifted = ahead;
      source.splits.heldBack?.(ahead, reader.place);
    }
    return ahead;
  }

  giveOut({ entry, reader }: Choice): void {
    entry.source.splits.current = reader.place;
    reader.served = ++this.served;
    entry.giveOut(reader, this.count);
  }

  /** Silence while the sources are held back is not theirs: the clocks of idleness stand still. Answers what it was told. */
  holdBack(held: boolean): boolean {
    if (held !== this.heldBack) {
      this.heldBack = held;
      for (const { source } of this.entries) {
        source.splits.heldBack?.(held);
        // Whoever is ahead is told so again: its clock stands still for a reason of its own.
        for (const reader of source.readers) reader.drifted = false;
      }
    }
    return held;
  }

  /** Sends the final watermark of the next source that has ended. Answers false when there is none. */
  endNext(): boolean {
    const entry = this.entries.find(
      ({ source, ended }) => !ended && source.complete && source.readers.every((reader) => reader.finished),
    );
    if (entry === undefined) return false;
    entry.ended = true;
    entry.source.input.watermark(Number.POSITIVE_INFINITY);
    return true;
  }

  get allEnded(): boolean {
    return this.complete && this.entries.every(({ ended }) => ended);
  }

  /** The input is to be taken as ended here. */
  endInput(): void {
    for (const { source } of this.entries) {
      source.complete = true;
      for (const reader of source.readers) reader.end();
    }
  }

  positions(): WavePositions {
    return new Map(
      this.entries.map(({ source }) => [source.uid, source.readers.map((reader) => reader.snapshot())] as const),
    );
  }

  /** The barrier goes into all sources back to back. */
  barrier(barrier: Barrier): void {
    for (const { source } of this.entries) source.input.barrier(barrier);
  }
}

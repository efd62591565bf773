import { IdleClock } from './idle-clock.js';
import type { InputWatermark } from './watermark-delay.js';
import type { WatermarkGenerator, WatermarkStrategy } from './watermark-strategy.js';

/** What a checkpoint keeps of the watermark of a split. */
export interface SplitWatermark {
  readonly id: string;
  readonly watermark: number;
  readonly ended: boolean;
}

interface SplitState<T> {
  readonly generator: WatermarkGenerator<T>;
  readonly idleness: IdleClock | undefined;
  watermark: number;
  idle: boolean;
  ended: boolean;
}

export interface SplitWatermarksOptions {
  /** Milliseconds of silence after which a split no longer holds the watermark back. */
  readonly idleAfter?: number | undefined;
  /** Ask the generator after each element, not only on `periodic`. */
  readonly afterEachElement: boolean;
  /** Know where each split is after each element, whenever its watermark is sent. */
  readonly aligned?: boolean;
}

/**
 * The watermark of an input made of splits: one generator each, and the least of their watermarks, splits that are idle or have ended
 * left out. It never goes back, whatever splits join or restored ones bring.
 *
 * Splits are known by place, a small integer. What a method changed stands in `current` and `idle`.
 */
export class SplitWatermarks<T> {
  /** The watermark of the input. */
  current = Number.NEGATIVE_INFINITY;
  /** True when every split that has not ended is idle. */
  idle = false;
  /** The watermarks of splits were raised and have not been combined yet. */
  private behind = false;
  private readonly splits: SplitState<T>[] = [];
  private readonly restored = new Map<string, SplitWatermark>();

  constructor(
    private readonly strategy: WatermarkStrategy<T>,
    private readonly options: SplitWatermarksOptions,
    private readonly ids: readonly string[],
    /** Told the watermark of each split by place, for the source, which reads the split that is behind first. */
    private readonly told: number[],
  ) {}

  /** How many splits have been taken up. */
  get size(): number {
    return this.splits.length;
  }

  /** Takes up splits that have been added to `ids`, and at least `count`: an input without a source is one split without a name. */
  discover(now: number, count = 0): void {
    for (let place = this.splits.length; place < Math.max(this.ids.length, count); place++) {
      const kept = this.restored.get(this.idOf(place));
      const { idleAfter } = this.options;
      this.splits.push({
        generator: this.strategy.create(),
        idleness: idleAfter === undefined ? undefined : new IdleClock(idleAfter, now),
        watermark: kept?.watermark ?? Number.NEGATIVE_INFINITY,
        idle: false,
        // Whoever reads it says so again; the split of a job that had finished may have grown.
        ended: false,
      });
      this.told[place] = kept?.watermark ?? Number.NEGATIVE_INFINITY;
    }
    this.combine();
  }

  /** All that an element needs is its split's generator, and `punctuated` if that answers something. */
  get simple(): boolean {
    const { idleAfter, afterEachElement, aligned } = this.options;
    return idleAfter === undefined && !afterEachElement && aligned !== true;
  }

  generatorOf(place: number): WatermarkGenerator<T> {
    return (this.splits[place] as SplitState<T>).generator;
  }

  /** A generator has answered an element with a watermark. Answers true when `current` may have changed. */
  punctuated(place: number, watermark: number): boolean {
    const changed = this.raise(place, this.splits[place] as SplitState<T>, watermark);
    if (changed) this.combine();
    return changed;
  }

  /** An element of a split. Answers true when `current` or `idle` may have changed. */
  element(place: number, value: T, timestamp: number): boolean {
    const split = this.splits[place] as SplitState<T>;
    let changed = false;
    if (split.idleness !== undefined) {
      split.idleness.active = true;
      changed = split.idle;
      split.idle = false;
    }
    const punctuated = split.generator.onElement(value, timestamp);
    if (punctuated !== undefined) changed = this.raise(place, split, punctuated) || changed;
    if (this.options.afterEachElement) changed = this.ask(place, split) || changed;
    else if (this.options.aligned === true && this.ask(place, split)) this.behind = true;
    if (changed) this.combine();
    return changed;
  }

  /** Where a split is. */
  watermarkOf(place: number): number {
    return this.splits[place]?.watermark ?? Number.NEGATIVE_INFINITY;
  }

  /** The least watermark of the splits that have neither ended nor gone idle; `Infinity` when there is none. */
  get least(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { ended, idle, watermark } of this.splits) {
      if (!ended && !idle && watermark < least) least = watermark;
    }
    return least;
  }

  /** Where the splits are that have neither ended nor gone idle. */
  active(): readonly InputWatermark[] {
    const active: InputWatermark[] = [];
    this.splits.forEach(({ ended, idle, watermark }, place) => {
      if (!ended && !idle) active.push({ input: this.idOf(place), watermark });
    });
    return active;
  }

  /** Asks all generators. Answers true when `current` or `idle` may have changed. */
  periodic(): boolean {
    let changed = this.behind;
    for (let place = 0; place < this.splits.length; place++) {
      changed = this.ask(place, this.splits[place] as SplitState<T>) || changed;
    }
    if (changed) this.combine();
    return changed;
  }

  /**
   * Finds splits that have been silent for too long; one whose elements are `atHand` and have not been given out yet is not silent.
   * Answers true when `current` or `idle` may have changed.
   */
  checkIdle(now: number, atHand: (place: number) => boolean): boolean {
    let changed = false;
    this.splits.forEach((split, place) => {
      if (split.idle || split.ended || split.idleness === undefined) return;
      if (atHand(place)) split.idleness.active = true;
      if (!split.idleness.check(now)) return;
      split.idle = true;
      changed = true;
    });
    if (changed) this.combine();
    return changed;
  }

  /** A split, or all of them, is held back: the clock of its idleness stands still. */
  pausedAt(now: number, place?: number): void {
    this.each(place, (clock) => clock.pause(now));
  }

  resumedAt(now: number, place?: number): void {
    this.each(place, (clock) => clock.resume(now));
  }

  /** A split has given its last element and no longer holds the watermark back. */
  ended(place: number): void {
    const split = this.splits[place];
    if (split === undefined || split.ended) return;
    this.ask(place, split);
    split.ended = true;
    this.combine();
  }

  capture(): { readonly watermark: number; readonly splits: readonly SplitWatermark[] } {
    const splits: SplitWatermark[] = [];
    this.splits.forEach(({ watermark, ended }, place) => {
      splits.push({ id: this.idOf(place), watermark, ended });
    });
    // Restored splits that have not been found again yet may be later.
    const present = new Set(splits.map(({ id }) => id));
    for (const [id, kept] of this.restored) if (!present.has(id)) splits.push(kept);
    return { watermark: this.current, splits };
  }

  /** Splits count from their restored watermarks on, so that nothing that was late is not. To be called before `discover`. */
  restore(state: { readonly watermark: number; readonly splits: readonly SplitWatermark[] }): void {
    this.current = state.watermark;
    for (const split of state.splits) this.restored.set(split.id, split);
  }

  private each(place: number | undefined, action: (clock: IdleClock) => void): void {
    this.splits.forEach((split, at) => {
      if (split.idleness !== undefined && (place === undefined || place === at)) action(split.idleness);
    });
  }

  private ask(place: number, split: SplitState<T>): boolean {
    if (split.ended) return false;
    const watermark = split.generator.onPeriodic();
    return watermark !== undefined && this.raise(place, split, watermark);
  }

  /** Answers true when the split no longer holds the input where it is. */
  private raise(place: number, split: SplitState<T>, asked: number): boolean {
    const before = split.watermark;
    if (!(asked > before)) return false;
    // Only the end of the input makes the final watermark.
    const watermark = asked === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : Number(asked);
    split.watermark = watermark;
    this.told[place] = watermark;
    return before <= this.current;
  }

  private idOf(place: number): string {
    return this.ids[place] ?? '';
  }

  private combine(): void {
    this.behind = false;
    let least = Number.POSITIVE_INFINITY;
    let waiting = false;
    let ended = this.splits.length > 0;
    for (let place = 0; place < this.splits.length; place++) {
      const split = this.splits[place] as SplitState<T>;
      if (split.ended) continue;
      ended = false;
      if (split.idle) continue;
      waiting = true;
      if (split.watermark < least) least = split.watermark;
    }
    // Before the first split there is nothing to be idle; after the last one there is nothing to wait for.
    this.idle = !waiting && this.splits.length > 0 && !ended;
    if (waiting && least > this.current) this.current = least;
  }
}

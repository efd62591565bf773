export type TriggerKind =
  | { readonly kind: 'eventTime' }
  | { readonly kind: 'count'; readonly n: number }
  | { readonly kind: 'every'; readonly interval: number }
  | { readonly kind: 'delta'; readonly threshold: number }
  | { readonly kind: 'never' };

export type EvictorKind =
  | { readonly kind: 'count'; readonly n: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'time'; readonly ms: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'delta'; readonly threshold: number; readonly when: 'before' | 'after' };

export interface TriggeredWindows {
  /** `size` undefined: one global window for each key. */
  readonly size: number | undefined;
  readonly slide: number;
  readonly trigger: TriggerKind;
  readonly purging: boolean;
  readonly evictor: EvictorKind | undefined;
  readonly allowedLateness: number;
}

interface Held {
  readonly value: number;
  readonly timestamp: number;
}

interface ModelWindow {
  readonly key: string;
  /** `undefined`: global. */
  readonly start: number | undefined;
  /** Its last millisecond. */
  readonly last: number;
  /** `undefined`: nothing that a firing could emit. */
  held: Held[] | undefined;
  timers: number[];
  count: number;
  compared: number | undefined;
  nextFiring: number | undefined;
}

export interface Firing {
  readonly key: string;
  readonly start: number | undefined;
  readonly values: readonly number[];
}

/**
 * Windows with triggers and evictors as a list that is gone through at every step. It knows no queues, no accumulators and no ways that are
 * faster than others.
 */
export class TriggerModel {
  private watermark = Number.NEGATIVE_INFINITY;
  private windows: ModelWindow[] = [];
  late: number[] = [];

  constructor(private readonly what: TriggeredWindows) {}

  element(key: string, timestamp: number, value: number): Firing[] {
    const windows = this.windowsOf(key, timestamp).filter((window) => !this.isOver(window));
    if (windows.length === 0 && timestamp + this.what.allowedLateness <= this.watermark) this.late.push(value);
    return windows.flatMap((window) => {
      if (!this.windows.includes(window)) this.windows.push(window);
      window.held = [...(window.held ?? []), { value, timestamp }];
      return this.onElement(window, timestamp, value) ? this.fire(window) : [];
    });
  }

  /** All timers up to the watermark, the earliest first; one that a firing sets fires too. */
  advance(watermark: number): Firing[] {
    return watermark <= this.watermark ? [] : this.goTo(watermark);
  }

  /** After a restore the watermark is given again: timers that were set behind it fire. */
  restored(): Firing[] {
    return this.goTo(this.watermark);
  }

  private goTo(watermark: number): Firing[] {
    this.watermark = watermark;
    const fired: Firing[] = [];
    for (;;) {
      const due = this.windows.flatMap((window) => window.timers.map((time) => ({ window, time })));
      const first = due.filter(({ time }) => time <= watermark).sort((a, b) => a.time - b.time)[0];
      // A window is over behind the firings of the same time.
      const over = this.windows.filter((window) => this.isOver(window)).sort((a, b) => a.last - b.last)[0];
      if (over !== undefined && (first === undefined || over.last + this.what.allowedLateness < first.time)) {
        this.windows = this.windows.filter((window) => window !== over);
      } else if (first === undefined) {
        return fired;
      } else {
        first.window.timers = first.window.timers.filter((time) => time !== first.time);
        if (this.onTimer(first.window, first.time)) fired.push(...this.fire(first.window));
      }
    }
  }

  private isOver({ last }: ModelWindow): boolean {
    return last + this.what.allowedLateness <= this.watermark;
  }

  private windowsOf(key: string, timestamp: number): ModelWindow[] {
    const { size, slide } = this.what;
    if (size === undefined) return [this.window(key, undefined, Number.POSITIVE_INFINITY)];
    const windows: ModelWindow[] = [];
    for (let start = timestamp - size + 1; start <= timestamp; start++)
      if (((start % slide) + slide) % slide === 0) windows.push(this.window(key, start, start + size - 1));
    return windows;
  }

  private window(key: string, start: number | undefined, last: number): ModelWindow {
    const known = this.windows.find((window) => window.key === key && window.start === start);
    return (
      known ?? { key, start, last, held: undefined, timers: [], count: 0, compared: undefined, nextFiring: undefined }
    );
  }

  /** Answers whether it fires. */
  private onElement(window: ModelWindow, timestamp: number, value: number): boolean {
    const { trigger } = this.what;
    switch (trigger.kind) {
      case 'never':
        return false;
      case 'eventTime':
        return this.endsLater(window);
      case 'count':
        window.count++;
        if (window.count < trigger.n) return false;
        window.count = 0;
        return true;
      case 'delta': {
        const before = window.compared;
        const fires = before !== undefined && Math.abs(value - before) > trigger.threshold;
        if (before === undefined || fires) window.compared = value;
        return fires;
      }
      case 'every': {
        if (this.endsLater(window)) return true;
        if (window.nextFiring !== undefined) return false;
        const next = Math.floor(timestamp / trigger.interval) * trigger.interval + trigger.interval;
        this.fireAt(window, next);
        return false;
      }
    }
  }

  /** Sets the timer of its end; answers true when that is past. */
  private endsLater(window: ModelWindow): boolean {
    if (window.last <= this.watermark) return true;
    if (window.last < Number.POSITIVE_INFINITY) set(window, window.last);
    return false;
  }

  private onTimer(window: ModelWindow, time: number): boolean {
    const { trigger } = this.what;
    if (time === window.last) return true;
    if (trigger.kind !== 'every' || time !== window.nextFiring) return false;
    this.fireAt(window, time + trigger.interval);
    return true;
  }

  private fireAt(window: ModelWindow, time: number): void {
    window.nextFiring = Math.min(time, window.last);
    set(window, window.nextFiring);
  }

  private fire(window: ModelWindow): Firing[] {
    const { evictor, purging } = this.what;
    if (window.held === undefined) return [];
    if (evictor?.when === 'before') window.held = kept(window.held, evictor);
    const firing = { key: window.key, start: window.start, values: window.held.map(({ value }) => value) };
    if (evictor?.when === 'after') window.held = kept(window.held, evictor);
    if (purging || window.held.length === 0) window.held = undefined;
    return [firing];
  }
}

function set(window: ModelWindow, time: number): void {
  if (!window.timers.includes(time)) window.timers.push(time);
}

function kept(held: readonly Held[], evictor: EvictorKind): Held[] {
  const newest = Math.max(...held.map(({ timestamp }) => timestamp));
  const last = held.at(-1)?.value ?? 0;
  switch (evictor.kind) {
    case 'count':
      return held.slice(Math.max(0, held.length - evictor.n));
    case 'time':
      return held.filter(({ timestamp }) => timestamp > newest - evictor.ms);
    case 'delta':
      return held.filter(({ value }) => Math.abs(last - value) < evictor.threshold);
  }
}

/** An element as the model sees it. */
export interface ModelElement {
  readonly key: string;
  readonly timestamp: number;
  readonly value: number;
}

export type ModelWindows =
  | { readonly kind: 'aligned'; readonly size: number; readonly slide: number; readonly offset: number }
  | { readonly kind: 'session'; readonly gap: number };

export type ModelOutput =
  | {
      readonly type: 'fired';
      readonly key: string;
      readonly start: number;
      readonly end: number;
      readonly values: readonly number[];
    }
  | { readonly type: 'late'; readonly element: ModelElement }
  /** In a gap between windows, and not late. */
  | { readonly type: 'vanished'; readonly element: ModelElement };

/** A window as far as the model goes: bounds and what is in it. */
interface ModelWindow {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly elements: readonly ModelElement[];
}

/**
 * Windows of event time, worked out anew from all elements at every step: slow, and plain to see to be right. It knows no timers and
 * no merging: a session is what elements of a key form that are close enough to each other.
 */
export class WindowModel {
  private watermark = Number.NEGATIVE_INFINITY;
  /** Elements that are in some window that is not forgotten, in order of arrival. */
  private taken: ModelElement[] = [];
  /** The starts of the aligned windows that an element is in: those that were not forgotten when it came. */
  private readonly starts = new Map<ModelElement, readonly number[]>();

  constructor(
    private readonly kind: ModelWindows,
    private readonly allowedLateness: number,
  ) {}

  element(element: ModelElement): ModelOutput[] {
    const windows = this.take(element);
    if (windows.length > 0) return windows.filter(({ end }) => end - 1 <= this.watermark).map(fired);
    const late = element.timestamp + this.allowedLateness <= this.watermark;
    return [{ type: late ? 'late' : 'vanished', element }];
  }

  /** Answers what fires, in order of the windows' ends. */
  advance(watermark: number): ModelOutput[] {
    if (watermark <= this.watermark) return [];
    const windows = this.windows();
    const due = windows.filter(({ end }) => end - 1 > this.watermark && end - 1 <= watermark);
    this.watermark = watermark;
    const kept = new Set(windows.filter(({ end }) => !this.isForgotten(end)).flatMap(({ elements }) => elements));
    this.taken = this.taken.filter((element) => kept.has(element));
    return due.sort((a, b) => a.end - b.end).map(fired);
  }

  /** The windows that have taken the element up. */
  private take(element: ModelElement): ModelWindow[] {
    this.starts.set(element, this.alignedStarts(element.timestamp));
    this.taken.push(element);
    const windows = this.windows().filter(({ end, elements }) => elements.includes(element) && !this.isForgotten(end));
    if (windows.length === 0) this.taken.pop();
    return windows;
  }

  private isForgotten(end: number): boolean {
    return end - 1 + this.allowedLateness <= this.watermark;
  }

  private windows(): ModelWindow[] {
    return [...new Set(this.taken.map(({ key }) => key))].flatMap((key) => {
      const elements = this.taken.filter((element) => element.key === key);
      return this.kind.kind === 'session' ? sessions(key, elements, this.kind.gap) : this.alignedWindows(key, elements);
    });
  }

  private alignedStarts(timestamp: number): number[] {
    if (this.kind.kind !== 'aligned') return [];
    const { size, slide, offset } = this.kind;
    const starts: number[] = [];
    for (let start = timestamp - size + 1; start <= timestamp; start++) {
      const aligned = (((start - offset) % slide) + slide) % slide === 0;
      if (aligned && !this.isForgotten(start + size)) starts.push(start);
    }
    return starts;
  }

  private alignedWindows(key: string, elements: readonly ModelElement[]): ModelWindow[] {
    if (this.kind.kind !== 'aligned') return [];
    const { size } = this.kind;
    const isIn = (element: ModelElement, start: number): boolean => this.starts.get(element)?.includes(start) === true;
    return [...new Set(elements.flatMap((element) => this.starts.get(element) ?? []))].map((start) => ({
      key,
      start,
      end: start + size,
      elements: elements.filter((element) => isIn(element, start)),
    }));
  }
}

function sessions(key: string, elements: readonly ModelElement[], gap: number): ModelWindow[] {
  const found: ModelWindow[] = [];
  for (const element of [...elements].sort((a, b) => a.timestamp - b.timestamp)) {
    const { timestamp } = element;
    const last = found.at(-1);
    if (last === undefined || timestamp > last.end) {
      found.push({ key, start: timestamp, end: timestamp + gap, elements: [element] });
    } else {
      const together = elements.filter((one) => one === element || last.elements.includes(one));
      found[found.length - 1] = { ...last, end: timestamp + gap, elements: together };
    }
  }
  return found;
}

function fired({ key, start, end, elements }: ModelWindow): ModelOutput {
  return { type: 'fired', key, start, end, values: elements.map(({ value }) => value) };
}

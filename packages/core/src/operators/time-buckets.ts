import { TimeHeap } from './time-heap.js';

/** Milliseconds of a span. A power of two, so that bounds of spans are exact however far out they are. */
const SPAN = 1_024;
const NONE = -1;

/** Entries of one span, in order of insertion until the first one is taken; from then on by the millisecond. */
class Span {
  count = 0;
  /** The earliest and the latest time. */
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  first = NONE;
  last = NONE;
  slots: Slots | undefined;
  /** No slot before this one has an entry. */
  at = 0;

  constructor(readonly number: number) {}
}

/** For each millisecond of a span its first and its last entry. Empty ones are used again. */
class Slots {
  readonly first = new Int32Array(SPAN).fill(NONE);
  readonly last = new Int32Array(SPAN).fill(NONE);
}

/**
 * Small integers by time: taken out in order of time, and of insertion at equal times. Ids added while others are taken find their place.
 *
 * A calendar: entries are linked into the second that they belong to, and are told apart when that second comes. So an entry costs the
 * same however many there are, and nothing is allocated for it.
 */
export class TimeBuckets {
  private times = new Float64Array(64);
  private ids = new Int32Array(64);
  /** The entry behind each one in its list, or in that of the free ones. */
  private next = new Int32Array(64);
  private free = NONE;
  private used = 0;
  private readonly spans = new Map<number, Span>();
  /** The numbers of the spans. */
  private readonly numbers = new TimeHeap();
  private front: Span | undefined;
  private latest: Span | undefined;
  private readonly spare: Slots[] = [];

  /** The earliest time, `Infinity` when there is none. */
  get first(): number {
    return this.front === undefined ? Number.POSITIVE_INFINITY : this.front.least;
  }

  isDue(until: number): boolean {
    return this.front !== undefined && this.front.least <= until;
  }

  add(time: number, id: number): void {
    const entry = this.entryFor(time, id);
    const number = Math.floor(time / SPAN);
    // Neighbours in the stream mostly go to the same span.
    const span = this.latest?.number === number ? this.latest : this.spanOf(number);
    span.count++;
    if (time < span.least) span.least = time;
    if (time > span.most) span.most = time;
    if (span.slots !== undefined) {
      this.putInSlot(span, span.slots, entry);
      return;
    }
    if (span.last === NONE) span.first = entry;
    else this.next[span.last] = entry;
    span.last = entry;
  }

  /** The first id of the earliest time; there must be one. */
  take(): number {
    const span = this.front as Span;
    const { first } = span.slots ?? this.open(span);
    const entry = first[span.at] as number;
    first[span.at] = this.next[entry] as number;
    this.next[entry] = this.free;
    this.free = entry;
    if (--span.count === 0) {
      this.close(span);
    } else {
      while (first[span.at] === NONE) span.at++;
      span.least = this.times[first[span.at] as number] as number;
    }
    return this.ids[entry] as number;
  }

  private entryFor(time: number, id: number): number {
    let entry = this.free;
    if (entry === NONE) {
      entry = this.used++;
      if (entry === this.times.length) this.grow();
    } else {
      this.free = this.next[entry] as number;
    }
    this.times[entry] = time;
    this.ids[entry] = id;
    this.next[entry] = NONE;
    return entry;
  }

  private spanOf(number: number): Span {
    let span = this.spans.get(number);
    if (span === undefined) {
      span = new Span(number);
      this.spans.set(number, span);
      this.numbers.push(number);
      if (this.front === undefined || number < this.front.number) this.front = span;
    }
    this.latest = span;
    return span;
  }

  private open(span: Span): Slots {
    const slots = this.spare.pop() ?? new Slots();
    span.slots = slots;
    span.at = slotOf(span, span.least);
    if (span.least === span.most) {
      // As the ends of windows are: they are in order.
      slots.first[span.at] = span.first;
      slots.last[span.at] = span.last;
      return slots;
    }
    for (let entry = span.first; entry !== NONE; ) {
      const next = this.next[entry] as number;
      this.next[entry] = NONE;
      this.putInSlot(span, slots, entry);
      entry = next;
    }
    return slots;
  }

  private putInSlot(span: Span, { first, last }: Slots, entry: number): void {
    const { times, next } = this;
    const time = times[entry] as number;
    const slot = slotOf(span, time);
    if (slot < span.at) span.at = slot;
    let before = first[slot] as number;
    if (before === NONE) {
      first[slot] = entry;
      last[slot] = entry;
    } else if ((times[last[slot] as number] as number) <= time) {
      next[last[slot] as number] = entry;
      last[slot] = entry;
    } else if ((times[before] as number) > time) {
      next[entry] = before;
      first[slot] = entry;
    } else {
      // Fractions of one millisecond.
      while ((times[next[before] as number] as number) <= time) before = next[before] as number;
      next[entry] = next[before] as number;
      next[before] = entry;
    }
  }

  private close(span: Span): void {
    if (span.slots !== undefined) this.spare.push(span.slots);
    this.spans.delete(span.number);
    if (this.latest === span) this.latest = undefined;
    this.numbers.pop();
    const { first } = this.numbers;
    this.front = first === undefined ? undefined : this.spans.get(first);
  }

  private grow(): void {
    const { times, ids, next } = this;
    this.times = new Float64Array(times.length * 2);
    this.times.set(times);
    this.ids = new Int32Array(ids.length * 2);
    this.ids.set(ids);
    this.next = new Int32Array(next.length * 2);
    this.next.set(next);
  }
}

function slotOf(span: Span, time: number): number {
  return Number.isFinite(time) ? Math.floor(time) - span.number * SPAN : 0;
}

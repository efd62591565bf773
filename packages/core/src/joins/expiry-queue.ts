import { TimeBuckets } from '../operators/time-buckets.js';

/** Where the watermark moves on by much, so many places in one step are enough. */
const PLACES = 8;
/** Milliseconds, as long as nothing is known of the steps. */
const FIRST_GRAIN = 1_000;

/**
 * Which key has something to be freed when, as `TimerQueue`. Where nothing is emitted then, the order within one step of the watermark
 * does not matter: keys stand at the beginning of a part of the step, so that there are few places to stand at. A key that comes up
 * too early is put back at its own time.
 */
export class ExpiryQueue {
  /** The time of the key that `take` answered last; its own time in an exact queue. */
  time = Number.NEGATIVE_INFINITY;
  private readonly buckets = new TimeBuckets();
  /** Where each key stands, by id; `NaN` or no place for nowhere. What stands in the buckets at another time has been superseded. */
  readonly standing: number[] = [];
  private grain: number;
  private until = Number.NEGATIVE_INFINITY;

  constructor(private readonly exact: boolean) {
    this.grain = exact ? 1 : FIRST_GRAIN;
  }

  /** The time of the key that comes first or a lower one; `Infinity` for none. */
  get next(): number {
    return this.buckets.first;
  }

  /** The first thing to be freed of the key of an id is due at `time`. */
  want(id: number, time: number): void {
    const { standing } = this;
    while (standing.length <= id) standing.push(Number.NaN);
    // NaN, for a key that stands nowhere, is not lower than anything.
    if ((standing[id] as number) <= time) return;
    let place = time;
    if (this.grain > 1) {
      const earlier = Math.floor(time / this.grain) * this.grain;
      // Not in what has been passed already, or the key would come up for ever.
      if (earlier > this.until && earlier < time) place = earlier;
    }
    standing[id] = place;
    this.buckets.add(place, id);
  }

  /** Takes out the key that comes first, if that is not after `until`: answers its id, −1 for none. */
  take(until: number): number {
    if (until !== this.until) this.moveTo(until);
    const { buckets, standing } = this;
    while (buckets.isDue(until)) {
      const time = buckets.first;
      const id = buckets.take();
      if (standing[id] !== time) continue;
      standing[id] = Number.NaN;
      this.time = time;
      return id;
    }
    return -1;
  }

  private moveTo(until: number): void {
    const step = until - this.until;
    if (!this.exact && step < Number.POSITIVE_INFINITY) this.grain = Math.floor(step / PLACES);
    this.until = until;
  }
}

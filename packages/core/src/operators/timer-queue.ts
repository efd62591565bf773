import { TimeBuckets } from './time-buckets.js';

/**
 * When the timers of which key are due, for one operator and one clock. The timers themselves are kept with the key's state; this is
 * derived from them, so that a snapshot has nothing to do here.
 *
 * Each key stands in the queue at its earliest timer alone, and is put back at its next one after that has fired. So deleting and
 * moving timers to later costs nothing: the key comes up, has nothing due, and is put back.
 */
export class TimerQueue {
  /** The time of the key that `take` answered last. */
  time = Number.NEGATIVE_INFINITY;
  private readonly buckets = new TimeBuckets();
  /** Where each key stands, by id. What stands in the buckets at another time has been superseded. */
  private readonly standing: number[] = [];

  /** The time of the earliest timer or a lower one; `Infinity` for none, or for one at the end of time. */
  get next(): number {
    return this.buckets.first;
  }

  /** The earliest timer of the key of an id is at `time`. */
  want(id: number, time: number): void {
    const { standing } = this;
    while (standing.length <= id) standing.push(Number.NaN);
    // NaN, for a key that stands nowhere, is not lower than anything.
    if ((standing[id] as number) <= time) return;
    standing[id] = time;
    this.buckets.add(time, id);
  }

  /**
   * Takes out the key that comes first, if that is not after `until`: answers its id, −1 for none, and sets `time`. Its timers at that
   * time are to be fired, and the key is to be put back with `want`.
   */
  take(until: number): number {
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

  /** Whether anything is due at `until`. */
  isDue(until: number): boolean {
    return this.buckets.isDue(until);
  }
}

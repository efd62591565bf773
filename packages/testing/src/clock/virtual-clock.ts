import { type Clock, type Duration, milliseconds } from '@sluice/connector-sdk';
import { settle } from './settle.js';

interface Timer {
  readonly at: number;
  fire(): void;
}

/**
 * A clock that stands still until it is told to go on. Give it to whatever takes a `Clock`: a job, a connector under test, your own
 * code.
 *
 * `sleep` resolves when `advance` reaches its time; timers of the same time in the order in which they were set. It rejects with the
 * signal's reason as soon as that is aborted.
 *
 * @param start Epoch milliseconds at which it stands; 0 when left out.
 *
 * @example
 * const clock = new VirtualClock();
 * const slept = clock.sleep('1h').then(() => clock.now());
 * await clock.advance('2h');
 * console.log(await slept, clock.now()); // 3600000 7200000
 */
export class VirtualClock implements Clock {
  /** Ascending by time, then by the order in which they were set. */
  private readonly timers: Timer[] = [];
  private time: number;

  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.remove(timer);
        reject(signal?.reason ?? new DOMException('The sleep was aborted', 'AbortError'));
      };
      const timer: Timer = {
        at: this.time + Math.max(0, milliseconds(duration)),
        fire() {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.add(timer);
    });
  }

  /** When the earliest timer is due; `Infinity` for none. */
  get next(): number {
    return this.timers[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Goes on to the earliest timer and fires it. Answers false when there is none. */
  fireNext(): boolean {
    const timer = this.timers.shift();
    if (timer === undefined) return false;
    this.goTo(timer.at);
    timer.fire();
    return true;
  }

  /** Stands at a later time without firing anything. */
  goTo(time: number): void {
    this.time = Math.max(this.time, time);
  }

  /**
   * Lets time pass: fires what becomes due, one timer after the other, and after each waits until the promises behind it have done all
   * that they can. What they set meanwhile fires too, as far as it is due.
   *
   * @param duration Milliseconds or a literal such as `'5s'`
   */
  async advance(duration: Duration): Promise<void> {
    const until = this.time + milliseconds(duration);
    await settle();
    while (this.next <= until) {
      this.fireNext();
      await settle();
    }
    this.goTo(until);
  }

  private add(timer: Timer): void {
    const { timers } = this;
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timers[middle] as Timer).at <= timer.at) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  }

  private remove(timer: Timer): void {
    const index = this.timers.indexOf(timer);
    if (index >= 0) this.timers.splice(index, 1);
  }
}

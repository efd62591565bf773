import { TimeHeap } from './time-heap.js';

/** Waves that are kept for new ones. */
const MOST_SPARE = 64;

/** The ids that stand at one time, in order of insertion. */
class Wave {
  ids = new Int32Array(16);
  count = 0;
  /** Those before this have been taken. */
  at = 0;

  constructor(public time: number) {}

  add(id: number): void {
    if (this.count === this.ids.length) {
      const { ids } = this;
      this.ids = new Int32Array(ids.length * 2);
      this.ids.set(ids);
    }
    this.ids[this.count++] = id;
  }
}

/**
 * As `TimerQueue`, for operators whose keys are due together, at the ends of windows: an array of ids for each time, so that to put a
 * key into the queue is to write one number behind another, and to take it out is to read the next.
 */
export class TimerWaves {
  /** The time of the key that `take` answered last. */
  time = Number.NEGATIVE_INFINITY;
  private readonly waves = new Map<number, Wave>();
  private readonly times = new TimeHeap();
  private readonly spare: Wave[] = [];
  /** The earliest wave. */
  private front: Wave | undefined;
  private latest: Wave | undefined;
  /** Where each key stands, by id; NaN for nowhere. What is in the wave of another time has been superseded. */
  private standing = new Float64Array(64).fill(Number.NaN);

  /** The time of the earliest timer or a lower one; `Infinity` for none, or for one at the end of time. */
  get next(): number {
    return this.front === undefined ? Number.POSITIVE_INFINITY : this.front.time;
  }

  /** The earliest timer of the key of an id is at `time`. */
  want(id: number, time: number): void {
    if (id >= this.standing.length) this.grow(id);
    // NaN is not lower than anything.
    if ((this.standing[id] as number) <= time) return;
    this.standing[id] = time;
    const { latest } = this;
    (latest !== undefined && latest.time === time ? latest : this.waveAt(time)).add(id);
  }

  /**
   * Takes out the key that comes first, if that is not after `until`: answers its id, −1 for none, and sets `time`. Its timers at that
   * time are to be fired, and the key is to be put back with `want`.
   */
  take(until: number): number {
    for (let { front } = this; front !== undefined && front.time <= until; front = this.front) {
      while (front.at < front.count) {
        const id = front.ids[front.at++] as number;
        if (this.standing[id] !== front.time) continue;
        this.standing[id] = Number.NaN;
        this.time = front.time;
        return id;
      }
      this.close(front);
    }
    return -1;
  }

  private waveAt(time: number): Wave {
    let wave = this.waves.get(time);
    if (wave === undefined) {
      wave = this.spare.pop() ?? new Wave(time);
      wave.time = time;
      this.waves.set(time, wave);
      this.times.push(time);
      if (this.front === undefined || time < this.front.time) this.front = wave;
    }
    this.latest = wave;
    return wave;
  }

  private close(wave: Wave): void {
    this.waves.delete(wave.time);
    this.times.pop();
    const { first } = this.times;
    this.front = first === undefined ? undefined : this.waves.get(first);
    if (this.latest === wave) this.latest = undefined;
    wave.count = 0;
    wave.at = 0;
    if (this.spare.length < MOST_SPARE) this.spare.push(wave);
  }

  private grow(id: number): void {
    const { standing } = this;
    let { length } = standing;
    while (length <= id) length *= 2;
    this.standing = new Float64Array(length).fill(Number.NaN);
    this.standing.set(standing);
  }
}

interface Bucket {
  readonly ids: number[];
  taken: number;
}

/** Small integers by time: taken out in order of time, and of insertion at equal times. Ids added while others are taken find their place. */
export class TimeBuckets {
  private readonly buckets = new Map<number, Bucket>();
  /** The times of the buckets as a binary heap. */
  private readonly heap: number[] = [];
  private lastTime = Number.NaN;
  private last: Bucket | undefined;

  /** The earliest time, `Infinity` when there is none. */
  get first(): number {
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : (this.heap[0] as number);
  }

  isDue(until: number): boolean {
    return this.heap.length > 0 && (this.heap[0] as number) <= until;
  }

  add(time: number, id: number): void {
    // Neighbours in the stream mostly go to the same bucket.
    let bucket = time === this.lastTime ? this.last : this.buckets.get(time);
    if (bucket === undefined) {
      bucket = { ids: [], taken: 0 };
      this.buckets.set(time, bucket);
      this.push(time);
    }
    this.lastTime = time;
    this.last = bucket;
    bucket.ids.push(id);
  }

  /** The first id of the earliest time; there must be one. */
  take(): number {
    const time = this.heap[0] as number;
    const bucket = this.buckets.get(time) as Bucket;
    const id = bucket.ids[bucket.taken++] as number;
    if (bucket.taken === bucket.ids.length) {
      this.buckets.delete(time);
      this.pop();
      if (time === this.lastTime) {
        this.lastTime = Number.NaN;
        this.last = undefined;
      }
    }
    return id;
  }

  private push(time: number): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(time);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as number;
      if (above <= time) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = time;
  }

  private pop(): void {
    const { heap } = this;
    const time = heap.pop() as number;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      const below = heap[child] as number;
      if (below >= time) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = time;
  }
}

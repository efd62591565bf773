/** Times (or other numbers) as a binary heap: the least one is first. */
export class TimeHeap {
  private readonly heap: number[] = [];

  /** The least one; `undefined` when there is none. */
  get first(): number | undefined {
    return this.heap[0];
  }

  push(time: number): void {
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

  /** Takes the least one out; there must be one. */
  pop(): void {
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

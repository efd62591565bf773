type Write = (value: unknown, timestamp: number) => void;

/** Elements that come behind a barrier while the sink is still being flushed for it. */
export class HeldElements {
  private barrier = 0;
  private holding = false;
  private values: unknown[] = [];
  private timestamps: number[] = [];

  /** Answers false when elements are not held. */
  hold(value: unknown, timestamp: number): boolean {
    if (!this.holding) return false;
    this.values.push(value);
    this.timestamps.push(timestamp);
    return true;
  }

  /** From now on elements are held. Answers what releases them, unless another barrier has come meanwhile. */
  begin(write: Write): () => void {
    const barrier = ++this.barrier;
    this.holding = true;
    return () => {
      if (barrier === this.barrier) this.release(write);
    };
  }

  /** Writes what is held; nothing is held from now on. */
  release(write: Write): void {
    const { values, timestamps } = this;
    this.holding = false;
    this.values = [];
    this.timestamps = [];
    values.forEach((value, index) => {
      write(value, timestamps[index] ?? Number.NaN);
    });
  }
}

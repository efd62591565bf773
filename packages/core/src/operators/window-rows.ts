/**
 * What an element and a firing need to know of the newest window (or pane) of a key, by the id of the key: side by side, where keys that
 * are active together share cache lines. Derived, not kept in checkpoints.
 */
export class WindowRows {
  /** NaN for none. */
  starts: Float64Array = new Float64Array(64).fill(Number.NaN);
  readonly contents: (object | undefined)[] = [];
  /** 1: it is the only one of its key. */
  alone: Uint8Array = new Uint8Array(64);

  put(id: number, start: number, contents: object, alone: boolean): void {
    if (id >= this.starts.length) this.grow(id);
    this.starts[id] = start;
    while (this.contents.length <= id) this.contents.push(undefined);
    this.contents[id] = contents;
    this.alone[id] = alone ? 1 : 0;
  }

  delete(id: number): void {
    this.starts[id] = Number.NaN;
    this.contents[id] = undefined;
    this.alone[id] = 0;
  }

  /** Places for more ids than `id`. */
  protected grow(id: number): void {
    let { length } = this.starts;
    while (length <= id) length *= 2;
    const { starts, alone } = this;
    this.starts = new Float64Array(length).fill(Number.NaN);
    this.starts.set(starts);
    this.alone = new Uint8Array(length);
    this.alone.set(alone);
  }
}

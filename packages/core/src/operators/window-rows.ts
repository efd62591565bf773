/**
 * What an element needs to know of the newest window (or pane) of its key, by the id of the key: side by side, where keys that are active
 * together share cache lines. Derived, not kept in checkpoints.
 */
export class WindowRows {
  /** NaN for none. */
  starts: Float64Array = new Float64Array(64).fill(Number.NaN);
  readonly contents: (object | undefined)[] = [];

  put(id: number, start: number, contents: object): void {
    if (id >= this.starts.length) this.grow(id);
    this.starts[id] = start;
    while (this.contents.length <= id) this.contents.push(undefined);
    this.contents[id] = contents;
  }

  delete(id: number): void {
    this.starts[id] = Number.NaN;
    this.contents[id] = undefined;
  }

  /** Places for more ids than `id`. */
  protected grow(id: number): void {
    let { length } = this.starts;
    while (length <= id) length *= 2;
    const { starts } = this;
    this.starts = new Float64Array(length).fill(Number.NaN);
    this.starts.set(starts);
  }
}

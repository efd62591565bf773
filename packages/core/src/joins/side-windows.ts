/** Windows, and elements, that there is room for at first. */
const FIRST = 64;
/** In place of a window or a row. */
export const NONE = -1;

export const LEFT = 0;
export const RIGHT = 1;
export type Side = typeof LEFT | typeof RIGHT;

/**
 * Windows with the elements of two sides, each in order of arrival, in columns that all keys share: a window is a number, an element a
 * row that leads to the next one of its side. So neither costs an object. The windows of a key lead from the newest to the oldest.
 */
export class SideWindows {
  /** By window; NaN for a number that no window has. */
  starts = new Float64Array(FIRST);
  /** By window: the next older one of its key. */
  older = new Int32Array(FIRST);
  /** By window and side: the first and the last row. */
  private heads = new Int32Array(2 * FIRST);
  private tails = new Int32Array(2 * FIRST);
  private windows = 0;
  private readonly freeWindows: number[] = [];
  /** By row. Kept with elements of any kind, or V8 would specialise the code of the stores by what their values happen to be. */
  private readonly values: unknown[] = [''];
  private following = new Int32Array(FIRST);
  private freeRow = NONE;

  constructor() {
    this.values.length = 0;
  }

  open(start: number, older: number): number {
    const window = this.freeWindows.pop() ?? this.windows++;
    if (window >= this.starts.length) this.growWindows();
    this.starts[window] = start;
    this.older[window] = older;
    this.heads[2 * window] = NONE;
    this.heads[2 * window + 1] = NONE;
    return window;
  }

  add(window: number, side: Side, value: unknown): void {
    const row = this.freeRow === NONE ? this.newRow() : this.freeRow;
    const place = 2 * window + side;
    this.freeRow = this.following[row] as number;
    this.values[row] = value;
    this.following[row] = NONE;
    if (this.heads[place] === NONE) this.heads[place] = row;
    else this.following[this.tails[place] as number] = row;
    this.tails[place] = row;
  }

  has(window: number, side: Side): boolean {
    return this.heads[2 * window + side] !== NONE;
  }

  /** The elements of a side; `undefined` for none. */
  elements(window: number, side: Side): unknown[] | undefined {
    const { following, values } = this;
    let row = this.heads[2 * window + side] as number;
    if (row === NONE) return undefined;
    const elements = [values[row]];
    for (row = following[row] as number; row !== NONE; row = following[row] as number) elements.push(values[row]);
    return elements;
  }

  /** Lets go of a window, which its key no longer leads to. */
  close(window: number): void {
    this.freeRows(2 * window);
    this.freeRows(2 * window + 1);
    this.starts[window] = Number.NaN;
    this.freeWindows.push(window);
  }

  /** Closes all windows but these. */
  keepOnly(kept: ReadonlySet<number>): void {
    for (let window = 0; window < this.windows; window++)
      if (!Number.isNaN(this.starts[window]) && !kept.has(window)) this.close(window);
  }

  private freeRows(place: number): void {
    const { following, values } = this;
    const head = this.heads[place] as number;
    if (head === NONE) return;
    for (let row = head; row !== NONE; row = following[row] as number) values[row] = undefined;
    following[this.tails[place] as number] = this.freeRow;
    this.freeRow = head;
  }

  /** A row behind all others, as if it had been free. */
  private newRow(): number {
    const row = this.values.length;
    this.values.push(undefined);
    if (row >= this.following.length) this.following = doubled(this.following);
    this.following[row] = NONE;
    return row;
  }

  private growWindows(): void {
    const { starts } = this;
    this.starts = new Float64Array(2 * starts.length);
    this.starts.set(starts);
    this.older = doubled(this.older);
    this.heads = doubled(this.heads);
    this.tails = doubled(this.tails);
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** Rows, and lists, that there is room for at first. */
const FIRST = 64;
/** A list begins with room for so many elements; most have few. */
const LEAST_ROOM = 2;
/** In `starts`: no list has this number. */
const FREED = -1;

/**
 * Lists of elements, each in order of time and, at equal times, of arrival. All of them share columns: a list is a number, its elements
 * are the rows from `heads` to before `ends`, in a range of rows of its own that has room for a power of two. So an element costs no object
 * and a list no array. Finding the first of a range of time costs the logarithm of what is there; taking away from the front, and adding
 * behind, cost nothing more. What lists no longer need goes to others.
 */
export class TimedLists {
  /** By row. */
  times = new Float64Array(FIRST);
  /** Kept with elements of any kind, or V8 would specialise the code of the stores by what their values happen to be. */
  readonly values: unknown[] = [''];
  /** A number from 0 to 255 beside each element. */
  marks = new Uint8Array(FIRST);
  /** By list. */
  heads = new Int32Array(FIRST);
  ends = new Int32Array(FIRST);
  private starts = new Int32Array(FIRST);
  private limits = new Int32Array(FIRST);
  private lists = 0;
  private readonly freeLists: number[] = [];
  /** Ranges without a list, by the logarithm of their length. */
  private readonly freeRanges: number[][] = Array.from({ length: 32 }, () => []);

  constructor() {
    this.values.length = 0;
  }

  /** A list of one element. */
  create(time: number, value: unknown, mark: number): number {
    const list = this.freeLists.pop() ?? this.lists++;
    if (list >= this.starts.length) this.growLists();
    const start = this.takeRange(LEAST_ROOM);
    this.starts[list] = start;
    this.limits[list] = start + LEAST_ROOM;
    this.heads[list] = start;
    this.ends[list] = start + 1;
    this.put(start, time, value, mark);
    return list;
  }

  /** Adds an element that is not older than the last one. */
  append(list: number, time: number, value: unknown, mark: number): void {
    let row = this.ends[list] as number;
    if (row === this.limits[list]) row = this.makeRoom(list);
    this.put(row, time, value, mark);
    this.ends[list] = row + 1;
  }

  /** Adds an element that is older than the last one. */
  insert(list: number, time: number, value: unknown, mark: number): void {
    this.append(list, time, value, mark);
    const { times, values, marks } = this;
    const last = (this.ends[list] as number) - 1;
    const place = this.firstAfter(list, time, last);
    times.copyWithin(place + 1, place, last);
    marks.copyWithin(place + 1, place, last);
    for (let row = last; row > place; row--) values[row] = values[row - 1];
    this.put(place, time, value, mark);
  }

  /** The row of the first element at or after a time. */
  firstFrom(list: number, time: number): number {
    const { times } = this;
    let low = this.heads[list] as number;
    let high = this.ends[list] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  delete(list: number): void {
    const start = this.starts[list] as number;
    this.clear(this.heads[list] as number, this.ends[list] as number);
    this.freeRange(start, (this.limits[list] as number) - start);
    this.starts[list] = FREED;
    this.freeLists.push(list);
  }

  /** Deletes all lists but these. */
  keepOnly(kept: ReadonlySet<number>): void {
    for (let list = 0; list < this.lists; list++) if (this.starts[list] !== FREED && !kept.has(list)) this.delete(list);
  }

  private put(row: number, time: number, value: unknown, mark: number): void {
    this.times[row] = time;
    this.values[row] = value;
    this.marks[row] = mark;
  }

  /** The row of the first element after a time; of those before the row `end`. */
  private firstAfter(list: number, time: number, end: number): number {
    const { times } = this;
    let low = this.heads[list] as number;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Room behind the last element: in front of the first, if half of the range is empty there, else in a range twice as long. */
  private makeRoom(list: number): number {
    const { starts, limits, heads, ends } = this;
    const start = starts[list] as number;
    const length = (limits[list] as number) - start;
    const head = heads[list] as number;
    const end = ends[list] as number;
    let to = start;
    if ((head - start) * 2 < length) {
      to = this.takeRange(length * 2);
      starts[list] = to;
      limits[list] = to + length * 2;
    }
    const { times, values, marks } = this;
    times.copyWithin(to, head, end);
    marks.copyWithin(to, head, end);
    for (let row = head; row < end; row++) values[to + row - head] = values[row];
    heads[list] = to;
    const moved = to + end - head;
    ends[list] = moved;
    if (to === start) {
      this.clear(moved, end);
    } else {
      this.clear(head, end);
      this.freeRange(start, length);
    }
    return moved;
  }

  private clear(from: number, to: number): void {
    const { values } = this;
    for (let row = from; row < to; row++) values[row] = undefined;
  }

  private takeRange(length: number): number {
    const known = this.freeRanges[rangeClass(length)]?.pop();
    if (known !== undefined) return known;
    const { values } = this;
    const start = values.length;
    for (let left = length; left > 0; left--) values.push(undefined);
    if (values.length > this.times.length) {
      const rows = 2 ** Math.ceil(Math.log2(values.length));
      const { times, marks } = this;
      this.times = new Float64Array(rows);
      this.times.set(times);
      this.marks = new Uint8Array(rows);
      this.marks.set(marks);
    }
    return start;
  }

  private freeRange(start: number, length: number): void {
    this.freeRanges[rangeClass(length)]?.push(start);
  }

  private growLists(): void {
    this.heads = doubled(this.heads);
    this.ends = doubled(this.ends);
    this.starts = doubled(this.starts);
    this.limits = doubled(this.limits);
  }
}

function rangeClass(length: number): number {
  return 31 - Math.clz32(length);
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}

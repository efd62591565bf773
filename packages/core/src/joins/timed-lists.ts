/** Rows, and lists, that there is room for at first. */
const FIRST = 64;
/** A list begins with room for so many elements; most have few. */
const LEAST_ROOM = 2;
/** In place of the start: no list has this number. */
const FREED = -1;

/**
 * Lists of elements, each in order of time and, at equal times, of arrival. All of them share columns: a list is a number, its elements
 * are rows that lie side by side, in a range of its own that has room for a power of two. So an element costs no object
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
  /** By list: the row of its first element. Those before it have gone, and their values have been let go of. */
  heads = new Int32Array(FIRST);
  /** By list: the row behind its last element. */
  ends = new Int32Array(FIRST);
  /** By list: the row behind its range. A row that is below may be filled by whoever moves the end on. */
  limits = new Int32Array(FIRST);
  /** By list: the first row of its range. */
  private starts = new Int32Array(FIRST);
  private lists = 0;
  private readonly freeLists: number[] = [];
  /** Ranges without a list, by the logarithm of their length. */
  private readonly freeRanges: number[][] = Array.from({ length: 32 }, () => []);

  /** @param marked whether marks are kept at all */
  constructor(readonly marked: boolean) {
    this.values.length = 0;
  }

  headOf(list: number): number {
    return this.heads[list] as number;
  }

  endOf(list: number): number {
    return this.ends[list] as number;
  }

  /** A list of one element. */
  create(time: number, value: unknown, mark: number): number {
    const list = this.freeLists.pop() ?? this.lists++;
    if (list === this.starts.length) this.growLists();
    const start = this.takeRange(LEAST_ROOM);
    this.heads[list] = start;
    this.ends[list] = start + 1;
    this.starts[list] = start;
    this.limits[list] = start + LEAST_ROOM;
    this.put(start, time, value, mark);
    return list;
  }

  /** Adds an element that is not older than the last one. */
  append(list: number, time: number, value: unknown, mark: number): void {
    let row = this.endOf(list);
    if (row === this.limits[list]) row = this.makeRoom(list);
    this.put(row, time, value, mark);
    this.ends[list] = row + 1;
  }

  /** Adds an element that is older than the last one. */
  insert(list: number, time: number, value: unknown, mark: number): void {
    this.append(list, time, value, mark);
    const { times, values, marks } = this;
    const last = this.endOf(list) - 1;
    const place = this.firstAfter(list, time, last);
    times.copyWithin(place + 1, place, last);
    if (this.marked) marks.copyWithin(place + 1, place, last);
    for (let row = last; row > place; row--) values[row] = values[row - 1];
    this.put(place, time, value, mark);
  }

  /** The row of the first element at or after a time. */
  firstFrom(list: number, time: number): number {
    const { times } = this;
    let low = this.headOf(list);
    let high = this.endOf(list);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  delete(list: number): void {
    const start = this.starts[list] as number;
    this.clear(this.headOf(list), this.endOf(list));
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
    if (this.marked) this.marks[row] = mark;
  }

  /** The row of the first element after a time; of those before the row `end`. */
  private firstAfter(list: number, time: number, end: number): number {
    const { times } = this;
    let low = this.headOf(list);
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
    const start = this.starts[list] as number;
    const length = (this.limits[list] as number) - start;
    const head = this.headOf(list);
    const end = this.endOf(list);
    let to = start;
    if ((head - start) * 2 < length) {
      to = this.takeRange(length * 2);
      this.starts[list] = to;
      this.limits[list] = to + length * 2;
    }
    const { times, values, marks } = this;
    for (let row = head; row < end; row++) {
      times[to + row - head] = times[row] as number;
      values[to + row - head] = values[row];
    }
    if (this.marked) marks.copyWithin(to, head, end);
    const moved = to + end - head;
    this.heads[list] = to;
    this.ends[list] = moved;
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
      if (this.marked) {
        this.marks = new Uint8Array(rows);
        this.marks.set(marks);
      }
    }
    return start;
  }

  private freeRange(start: number, length: number): void {
    this.freeRanges[rangeClass(length)]?.push(start);
  }

  private growLists(): void {
    this.heads = grown(this.heads);
    this.ends = grown(this.ends);
    this.limits = grown(this.limits);
    this.starts = grown(this.starts);
  }
}

function rangeClass(length: number): number {
  return 31 - Math.clz32(length);
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** Rows, and lists, that there is room for at first. */
const FIRST = 64;
/** A list begins with room for so many elements; most have few. */
const LEAST_ROOM = 2;
/** Of each list four numbers lie side by side: its first row, the row behind its last, and the bounds of its range. */
const HEAD = 0;
const END = 1;
const START = 2;
const LIMIT = 3;
const FIELDS = 4;
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
  private ranges = new Int32Array(FIELDS * FIRST);
  private lists = 0;
  private readonly freeLists: number[] = [];
  /** Ranges without a list, by the logarithm of their length. */
  private readonly freeRanges: number[][] = Array.from({ length: 32 }, () => []);

  /** @param marked whether marks are kept at all */
  constructor(readonly marked: boolean) {
    this.values.length = 0;
  }

  /** The row of the first element of a list. */
  headOf(list: number): number {
    return this.ranges[FIELDS * list + HEAD] as number;
  }

  /** The row behind the last element of a list. */
  endOf(list: number): number {
    return this.ranges[FIELDS * list + END] as number;
  }

  /** Elements before this row have gone, and their values have been let go of. */
  setHead(list: number, row: number): void {
    this.ranges[FIELDS * list + HEAD] = row;
  }

  /** A list of one element. */
  create(time: number, value: unknown, mark: number): number {
    const list = this.freeLists.pop() ?? this.lists++;
    const fields = FIELDS * list;
    if (fields === this.ranges.length) this.growLists();
    const start = this.takeRange(LEAST_ROOM);
    const { ranges } = this;
    ranges[fields + HEAD] = start;
    ranges[fields + END] = start + 1;
    ranges[fields + START] = start;
    ranges[fields + LIMIT] = start + LEAST_ROOM;
    this.put(start, time, value, mark);
    return list;
  }

  /** Adds an element that is not older than the last one. */
  append(list: number, time: number, value: unknown, mark: number): void {
    const { ranges } = this;
    let row = ranges[FIELDS * list + END] as number;
    if (row === ranges[FIELDS * list + LIMIT]) row = this.makeRoom(list);
    this.put(row, time, value, mark);
    ranges[FIELDS * list + END] = row + 1;
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
    const start = this.ranges[FIELDS * list + START] as number;
    this.clear(this.headOf(list), this.endOf(list));
    this.freeRange(start, (this.ranges[FIELDS * list + LIMIT] as number) - start);
    this.ranges[FIELDS * list + START] = FREED;
    this.freeLists.push(list);
  }

  /** Deletes all lists but these. */
  keepOnly(kept: ReadonlySet<number>): void {
    for (let list = 0; list < this.lists; list++)
      if (this.ranges[FIELDS * list + START] !== FREED && !kept.has(list)) this.delete(list);
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
    const { ranges } = this;
    const fields = FIELDS * list;
    const start = ranges[fields + START] as number;
    const length = (ranges[fields + LIMIT] as number) - start;
    const head = ranges[fields + HEAD] as number;
    const end = ranges[fields + END] as number;
    let to = start;
    if ((head - start) * 2 < length) {
      to = this.takeRange(length * 2);
      ranges[fields + START] = to;
      ranges[fields + LIMIT] = to + length * 2;
    }
    const { times, values, marks } = this;
    for (let row = head; row < end; row++) {
      times[to + row - head] = times[row] as number;
      values[to + row - head] = values[row];
    }
    if (this.marked) marks.copyWithin(to, head, end);
    const moved = to + end - head;
    ranges[fields + HEAD] = to;
    ranges[fields + END] = moved;
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
    const { ranges } = this;
    this.ranges = new Int32Array(2 * ranges.length);
    this.ranges.set(ranges);
  }
}

function rangeClass(length: number): number {
  return 31 - Math.clz32(length);
}

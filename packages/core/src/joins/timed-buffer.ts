import { readStructured, writeStructured } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';

/** Fewer elements are moved one by one: a call that moves a block costs more. */
const BLOCK = 24;
/** So many elements in front that have gone are worth cutting off. */
const CUT = 32;

/**
 * The elements of one key on one side of a join, in order of time and, at equal times, of arrival: those from `head` on. Finding the
 * first of a range costs the logarithm of what is there; taking away from the front, and adding behind, cost nothing more.
 */
export interface TimedBuffer {
  head: number;
  readonly times: number[];
  readonly values: unknown[];
  /** A number beside each element, where the join asks for one: whether it has had a partner, when it was touched last. */
  readonly marks: number[] | undefined;
}

export type CreateTimedBuffer = (time: number, value: unknown, mark: number) => TimedBuffer;

/** Closed. Arrays begin with the one element that most keys have: growing them is what makes them large. */
export function timedBuffer(marked: boolean): CreateTimedBuffer {
  return (time, value, mark) => ({ head: 0, times: [time], values: [value], marks: marked ? [mark] : undefined });
}

/** The place of the first element at or after a time. */
export function firstFrom({ head, times }: TimedBuffer, time: number): number {
  let low = head;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the first element after a time. */
export function firstAfter({ head, times }: TimedBuffer, time: number): number {
  let low = head;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds an element that is older than the last one. */
export function insert(buffer: TimedBuffer, time: number, value: unknown, mark: number): void {
  const place = firstAfter(buffer, time);
  insertAt(buffer.times, place, time);
  insertAt(buffer.values, place, value);
  if (buffer.marks !== undefined) insertAt(buffer.marks, place, mark);
}

function insertAt<T>(items: T[], place: number, item: T): void {
  if (items.length - place > BLOCK) {
    items.splice(place, 0, item);
    return;
  }
  items.push(item);
  for (let at = items.length - 1; at > place; at--) items[at] = items[at - 1] as T;
  items[place] = item;
}

/** Lets go of what is before `head`, now and then: each element is moved at most once for one that has gone. */
export function cut(buffer: TimedBuffer): void {
  const { head, times, values, marks } = buffer;
  if (head < CUT || head * 2 < times.length) return;
  times.splice(0, head);
  values.splice(0, head);
  marks?.splice(0, head);
  buffer.head = 0;
}

/** A buffer as a checkpoint keeps it. */
export function timedBufferEntries(state: string, marks: BufferMarks = UNMARKED): EntryCodec<TimedBuffer> {
  const shape = marks.shape === undefined ? 'timed elements' : `timed elements, ${marks.shape}`;
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, { head, times, values, marks: own }) {
      writer.varint(times.length - head);
      for (let at = head; at < times.length; at++) {
        writer.float64(times[at] as number);
        writeStructured(writer, values[at]);
        if (own !== undefined) writer.float64(own[at] as number);
      }
    },
    read(reader, written) {
      const other = marks.others?.find((one) => written === `timed elements, ${one.shape}`);
      if (written !== shape && other === undefined) throw otherShape(state, shape, written);
      const buffer: TimedBuffer = { head: 0, times: [], values: [], marks: marks.shape === undefined ? undefined : [] };
      for (let left = reader.count(9); left > 0; left--) {
        const time = reader.float64();
        buffer.times.push(time);
        buffer.values.push(readStructured(reader));
        if (buffer.marks === undefined) continue;
        const mark = reader.float64();
        buffer.marks.push(other === undefined ? mark : other.markOf(time));
      }
      return buffer.times.length === 0 ? undefined : buffer;
    },
    inspect: ({ head, times, values }) =>
      values.slice(head).map((value, at) => ({ timestamp: times[head + at], value })),
  };
}

/** What the numbers beside the elements of a buffer are; `others` are read too. */
export interface BufferMarks {
  readonly shape: string | undefined;
  readonly others?: readonly { readonly shape: string; readonly markOf: (time: number) => number }[];
}

const UNMARKED: BufferMarks = { shape: undefined };

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
  /** 1 for each element that has had a partner; `undefined` where nobody asks. */
  readonly matched: number[] | undefined;
}

export type CreateTimedBuffer = (time: number, value: unknown, matched: number) => TimedBuffer;

/** Closed. Arrays begin with the one element that most keys have: growing them is what makes them large. */
export function timedBuffer(keepsMatched: boolean): CreateTimedBuffer {
  return (time, value, matched) => ({
    head: 0,
    times: [time],
    values: [value],
    matched: keepsMatched ? [matched] : undefined,
  });
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
export function insert(buffer: TimedBuffer, time: number, value: unknown, matched: number): void {
  const place = firstAfter(buffer, time);
  insertAt(buffer.times, place, time);
  insertAt(buffer.values, place, value);
  if (buffer.matched !== undefined) insertAt(buffer.matched, place, matched);
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
  const { head, times, values, matched } = buffer;
  if (head < CUT || head * 2 < times.length) return;
  times.splice(0, head);
  values.splice(0, head);
  matched?.splice(0, head);
  buffer.head = 0;
}

/** A buffer as a checkpoint keeps it. */
export function timedBufferEntries(state: string, keepsMatched: boolean): EntryCodec<TimedBuffer> {
  const shape = keepsMatched ? 'timed elements, matched or not' : 'timed elements';
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, { head, times, values, matched }) {
      writer.varint(times.length - head);
      for (let at = head; at < times.length; at++) {
        writer.float64(times[at] as number);
        writeStructured(writer, values[at]);
        if (matched !== undefined) writer.uint8(matched[at] as number);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherShape(state, shape, written);
      const buffer: TimedBuffer = { head: 0, times: [], values: [], matched: keepsMatched ? [] : undefined };
      for (let left = reader.count(9); left > 0; left--) {
        buffer.times.push(reader.float64());
        buffer.values.push(readStructured(reader));
        buffer.matched?.push(reader.uint8());
      }
      return buffer.times.length === 0 ? undefined : buffer;
    },
  };
}

import { readStructured, writeStructured } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import { structuredCopy } from '../state/structured-copy.js';
import type { TimedLists } from './timed-lists.js';

/**
 * A list as a checkpoint keeps it.
 *
 * @param marks What the numbers beside the elements are; `undefined`: none are kept.
 */
export function timedListEntries(state: string, lists: TimedLists, marks: string | undefined): EntryCodec<number> {
  const shape = marks === undefined ? 'timed elements' : `timed elements, ${marks}`;
  const rowsOf = (list: number): readonly number[] => {
    const head = lists.headOf(list);
    return Array.from({ length: lists.endOf(list) - head }, (_, at) => head + at);
  };
  const elementAt = (row: number): TimedElement => ({
    timestamp: lists.times[row] as number,
    value: lists.values[row],
  });
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, list) {
      const head = lists.headOf(list);
      const end = lists.endOf(list);
      writer.varint(end - head);
      for (let row = head; row < end; row++) {
        writer.float64(lists.times[row] as number);
        writeStructured(writer, lists.values[row]);
        if (marks !== undefined) writer.float64(lists.marks[row] as number);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherShape(state, shape, written);
      let list: number | undefined;
      for (let left = reader.count(9); left > 0; left--) {
        const time = reader.float64();
        const value = readStructured(reader);
        const mark = marks === undefined ? 0 : reader.float64();
        if (list === undefined) list = lists.create(time, value, mark);
        else lists.append(list, time, value, mark);
      }
      return list;
    },
    inspect: (list) => rowsOf(list).map(elementAt),
    copy: (list) => structuredCopy(rowsOf(list).map(elementAt)),
  };
}

interface TimedElement {
  readonly timestamp: number;
  readonly value: unknown;
}

import type { ByteReader } from '@sluice/connector-sdk';
import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { AlignedWindow, CreateAlignedWindow } from './window-aligned-next.js';
import type { Accumulation } from './window-consumer.js';

/** The windows of a key: how many, then start and accumulator of each, the newest first. */
export function alignedEntries(contents: Accumulation, create: CreateAlignedWindow): EntryCodec<AlignedWindow> {
  const shape = `aligned windows of ${contents.signature}`;
  const readOne = (reader: ByteReader): AlignedWindow => create(reader.float64(), contents.read(reader), undefined);
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, newest) {
      let count = 0;
      for (let window: AlignedWindow | undefined = newest; window !== undefined; window = window.next) count++;
      writer.varint(count);
      for (let window: AlignedWindow | undefined = newest; window !== undefined; window = window.next) {
        writer.float64(window.start);
        contents.write(writer, window.contents);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherSignature(shape, written);
      const count = reader.varint();
      const newest = readOne(reader);
      let last = newest;
      for (let at = 1; at < count; at++) {
        last.next = readOne(reader);
        last = last.next;
      }
      return newest;
    },
    inspect(newest) {
      const windows: { readonly start: number; readonly contents: unknown }[] = [];
      for (let window: AlignedWindow | undefined = newest; window !== undefined; window = window.next)
        windows.unshift({ start: window.start, contents: contents.inspect(window.contents) });
      return windows;
    },
  };
}

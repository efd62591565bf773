import { type ByteReader, type ByteWriter, readStructured, writeStructured } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import { structuredCopy } from '../state/structured-copy.js';
import type { WindowSides } from './fired-sides.js';
import { LEFT, NONE, RIGHT, type Side, type SideWindows } from './side-windows.js';

const SHAPE = 'aligned windows of two sides';

/** The windows of a key: how many, then start and both sides of each, the newest first. An entry is the newest. */
export function sideWindowEntries(state: string, sides: SideWindows): EntryCodec<number> {
  const writeSide = (writer: ByteWriter, window: number, side: Side): void => {
    const elements = sides.elements(window, side) ?? [];
    writer.varint(elements.length);
    for (const element of elements) writeStructured(writer, element);
  };
  const readSide = (reader: ByteReader, window: number, side: Side): void => {
    for (let left = reader.count(1); left > 0; left--) sides.add(window, side, readStructured(reader));
  };
  const contents = (newest: number): SavedWindow[] => {
    const windows: SavedWindow[] = [];
    for (let window = newest; window !== NONE; window = sides.older[window] as number) {
      const start = sides.starts[window] as number;
      windows.unshift({
        start,
        contents: { left: sides.elements(window, LEFT), right: sides.elements(window, RIGHT) },
      });
    }
    return windows;
  };
  return {
    shape: SHAPE,
    values: { version: 1, direct: true },
    write(writer, newest) {
      let count = 0;
      for (let window = newest; window !== NONE; window = sides.older[window] as number) count++;
      writer.varint(count);
      for (let window = newest; window !== NONE; window = sides.older[window] as number) {
        writer.float64(sides.starts[window] as number);
        writeSide(writer, window, LEFT);
        writeSide(writer, window, RIGHT);
      }
    },
    read(reader, written) {
      if (written !== SHAPE) throw otherShape(state, SHAPE, written);
      let newest = NONE;
      let last = NONE;
      for (let left = reader.count(10); left > 0; left--) {
        const window = sides.open(reader.float64(), NONE);
        readSide(reader, window, LEFT);
        readSide(reader, window, RIGHT);
        if (last === NONE) newest = window;
        else sides.older[last] = window;
        last = window;
      }
      return newest === NONE ? undefined : newest;
    },
    inspect: contents,
    copy: (newest) => structuredCopy(contents(newest)),
  };
}

interface SavedWindow {
  readonly start: number;
  readonly contents: WindowSides;
}

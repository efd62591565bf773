import { type ByteReader, readStructured } from '@sluice/connector-sdk';
import { readKey } from './canonical-key.js';

type Skip = (reader: ByteReader) => undefined;

/** What stands before each value, by the shape of a list or a map. */
const COLLECTIONS: ReadonlyMap<string, readonly Skip[]> = new Map([
  ['list', []],
  ['timed list', [skipTime]],
  ['map', [skipKey]],
  ['timed map', [skipKey, skipTime]],
]);
const TIMED = /^timed\(.*\)$/s;

/**
 * How to pass over an entry of a state that nobody has declared; undefined when its layout does not tell. A layout has a letter for
 * each part of a value: `c` a whole number, `n` a number, `v` a structured value, `b` bytes behind their length.
 */
export function skipEntry(shape: string, layout: string): Skip | undefined {
  if (!/^[cnvb]+$/.test(layout)) return undefined;
  const value = inOrder([...layout].map((part) => PARTS[part] as Skip));
  const before = COLLECTIONS.get(shape);
  if (before === undefined) return TIMED.test(shape) ? inOrder([skipTime, value]) : value;
  const item = inOrder([...before, value]);
  return (reader) => {
    for (let left = reader.count(1); left > 0; left--) item(reader);
  };
}

const PARTS: Readonly<Record<string, Skip>> = {
  c: (reader) => void reader.varint(),
  n: skipTime,
  v: (reader) => void readStructured(reader),
  b: (reader) => void reader.bytes(),
};

function skipTime(reader: ByteReader): undefined {
  reader.float64();
}

function skipKey(reader: ByteReader): undefined {
  readKey(reader);
}

function inOrder(parts: readonly Skip[]): Skip {
  return (reader) => {
    for (const part of parts) part(reader);
  };
}

import { type ByteReader, type ByteWriter, readStructured, writeStructured } from '@sluice/connector-sdk';
import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { Steps } from './pattern.js';

/** An element that a match has taken, and the one taken before it. Matches that have begun alike share their beginnings. */
export class Taken {
  constructor(
    readonly value: unknown,
    readonly timestamp: number,
    /** The number of the element in the order of event time. */
    readonly number: number,
    readonly step: number,
    readonly previous: Taken | undefined,
  ) {}
}

/** A match that has begun: what it has taken, and the step it waits for. */
export class PartialMatch {
  constructor(
    /** The place of the step that it waits for; one more than there are: it waits for its time to be over. */
    readonly step: number,
    /** How often that step has been taken already. */
    readonly count: number,
    readonly last: Taken,
    /** The timestamp of its first element. */
    readonly start: number,
    /** The number of its first element. */
    readonly first: number,
  ) {}
}

/** What is kept for a key. */
export class KeyMatches {
  /** Elements whose time has not come, in the order of event time. */
  readonly times: number[] = [];
  readonly values: unknown[] = [];
  /** The number that the next element will have. */
  number = 0;
  partial: PartialMatch[] = [];
  /** Found, but one that has begun earlier comes first and may rule them out. */
  found: PartialMatch[] = [];

  get isEmpty(): boolean {
    return this.times.length === 0 && this.partial.length === 0 && this.found.length === 0;
  }

  /** Keeps an element until its time has come: behind those of the same time. */
  wait(value: unknown, timestamp: number): void {
    const { times, values } = this;
    let at = times.length;
    while (at > 0 && (times[at - 1] as number) > timestamp) at--;
    if (at === times.length) {
      times.push(timestamp);
      values.push(value);
    } else {
      times.splice(at, 0, timestamp);
      values.splice(at, 0, value);
    }
  }
}

/** How the state of a key is written. A pattern with other steps cannot go on from it. */
export function matchEntries({ steps, forbidden, within }: Steps): EntryCodec<KeyMatches> {
  const shape = `matches of ${steps
    .map(
      ({ name, strict, least, most, optional, consecutive }) =>
        `${strict ? '!' : ''}${name}{${least},${most}}${consecutive ? '!' : ''}${optional ? '?' : ''}`,
    )
    .join(' ')} not ${forbidden.map(({ length }) => length).join()} within ${within}`;
  return {
    shape,
    values: { version: 1, direct: true },
    write: writeMatches,
    read(reader, written) {
      if (written !== shape) throw otherSignature(shape, written);
      return readMatches(reader);
    },
  };
}

function writeMatches(writer: ByteWriter, { times, values, number, partial, found }: KeyMatches): void {
  writer.varint(times.length);
  times.forEach((time, at) => {
    writer.float64(time);
    writeStructured(writer, values[at]);
  });
  writer.varint(number);
  const places = new Map<Taken | undefined, number>([[undefined, 0]]);
  for (const { last } of [...partial, ...found]) place(last, places);
  places.delete(undefined);
  writer.varint(places.size);
  for (const taken of places.keys()) {
    const { value, timestamp, number, step, previous } = taken as Taken;
    writeStructured(writer, value);
    writer.float64(timestamp);
    writer.varint(number);
    writer.varint(step);
    writer.varint(previous === undefined ? 0 : (places.get(previous) as number));
  }
  for (const matches of [partial, found]) {
    writer.varint(matches.length);
    for (const { step, count, last, start, first } of matches) {
      writer.varint(step);
      writer.varint(count);
      writer.varint(places.get(last) as number);
      writer.float64(start);
      writer.varint(first);
    }
  }
}

/** Gives an element its place behind those taken before it. */
function place(taken: Taken, places: Map<Taken | undefined, number>): void {
  const path: Taken[] = [];
  for (let at: Taken | undefined = taken; at !== undefined && !places.has(at); at = at.previous) path.push(at);
  for (const at of path.reverse()) places.set(at, places.size);
}

function readMatches(reader: ByteReader): KeyMatches {
  const matches = new KeyMatches();
  for (let left = reader.varint(); left > 0; left--) {
    matches.times.push(reader.float64());
    matches.values.push(readStructured(reader));
  }
  matches.number = reader.varint();
  const taken: (Taken | undefined)[] = [undefined];
  for (let left = reader.varint(); left > 0; left--) {
    const value = readStructured(reader);
    taken.push(new Taken(value, reader.float64(), reader.varint(), reader.varint(), taken[reader.varint()]));
  }
  for (const list of [matches.partial, matches.found]) {
    for (let left = reader.varint(); left > 0; left--) {
      const [step, count, last] = [reader.varint(), reader.varint(), taken[reader.varint()] as Taken];
      list.push(new PartialMatch(step, count, last, reader.float64(), reader.varint()));
    }
  }
  return matches;
}

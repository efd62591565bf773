import { structuredCodec } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { otherShape } from '../state/restore-failure.js';
import type { Expiry } from '../state/ttl.js';
import { valueCodec } from '../state/value-codec.js';

/*
 * What is kept of a key stands in columns, by the id of the key, and its entry in the store is no more than its id: objects for each key,
 * with boxed numbers in them, cost the garbage collector more than all the rest of the work.
 */

/** An entry as it was read: it goes into the columns once the store has its id. */
class Restored {
  constructor(
    readonly element: unknown,
    readonly timestamp: number,
    readonly at: number,
  ) {}
}

/** What `keep: 'first'` remembers of each key. */
export class SeenRows {
  /** Of the last touch; `-Infinity` before there is any event time. */
  at = new Float64Array(64);

  add(id: number, at: number): void {
    if (id >= this.at.length) this.at = grown(this.at, id);
    this.at[id] = at;
  }

  /** Entries by their time; those that are over are left out. */
  codec(expiry: Expiry): EntryCodec<unknown> {
    return {
      shape: SEEN,
      values: { version: 1, direct: true },
      write: (writer, id) => writer.float64(this.at[id as number] as number),
      read(reader, shape) {
        if (shape !== SEEN) throw otherShape('dedupe', SEEN, shape);
        return new Restored(undefined, Number.NaN, reader.float64());
      },
      inspect: (id) => this.at[id as number],
      expired: (id) => {
        const at = this.at[id as number] as number;
        return at > Number.NEGATIVE_INFINITY && expiry.isOverInSnapshot(at);
      },
      captured: () => expiry.captured(),
    };
  }

  restored(id: number, entry: unknown): void {
    this.add(id, (entry as Restored).at);
  }
}

/** What `keep: 'last'` remembers of each key: its newest element. */
export class KeptRows {
  /** With elements of any kind from the beginning. */
  readonly elements: unknown[] = [''];
  timestamps = new Float64Array(64);
  /** Of the last touch; `-Infinity` before there is any event time. */
  at = new Float64Array(64);

  constructor() {
    this.elements[0] = undefined;
  }

  add(id: number, element: unknown, timestamp: number, at: number): void {
    if (id >= this.at.length) {
      this.at = grown(this.at, id);
      this.timestamps = grown(this.timestamps, id);
    }
    while (this.elements.length <= id) this.elements.push(undefined);
    this.elements[id] = element;
    this.timestamps[id] = timestamp;
    this.at[id] = at;
  }

  /** Entries by their times and the element. */
  codec(): EntryCodec<unknown> {
    const values = valueCodec(structuredCodec<unknown>(), 'last');
    return {
      shape: LAST,
      values,
      write: (writer, id) => {
        writer.float64(this.timestamps[id as number] as number);
        writer.float64(this.at[id as number] as number);
        values.write(writer, this.elements[id as number]);
      },
      read(reader, shape, by) {
        if (shape !== LAST) throw otherShape('dedupe', LAST, shape);
        const timestamp = reader.float64();
        const at = reader.float64();
        return new Restored(values.read(reader, by), timestamp, at);
      },
      inspect: (id) => this.elements[id as number],
    };
  }

  restored(id: number, entry: unknown): void {
    const { element, timestamp, at } = entry as Restored;
    this.add(id, element, timestamp, at);
  }
}

const SEEN = 'seen';
const LAST = 'last';

function grown(column: Float64Array<ArrayBuffer>, id: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(column.length * 2, id + 1));
  longer.set(column);
  return longer;
}

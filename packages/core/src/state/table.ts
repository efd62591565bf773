import type { EntryCodec } from './entry-codec.js';
import type { Generations } from './generations.js';
import type { KeyIndex } from './key-index.js';

/** What a table tells before it changes an entry, once for each generation. */
export interface CaptureGate {
  /** Writes the entry of an id for the open capture, unless that was done, and marks it as changed. */
  touch(id: number): void;
}

/** One named state of an operator: values by id. */
export class Table<V> {
  /** Kept with elements of any kind, or V8 would specialise the code of the stores by what their values happen to be. */
  readonly values: unknown[] = [''];
  private readonly generations: Generations;

  constructor(
    readonly name: string,
    readonly codec: EntryCodec<V>,
    private readonly keys: KeyIndex,
    private readonly gate: CaptureGate,
  ) {
    this.values[0] = undefined;
    this.generations = keys.generations;
  }

  /** Read only: what it returns must not be changed. */
  get(id: number): V | undefined {
    return id < this.values.length ? (this.values[id] as V | undefined) : undefined;
  }

  /** The only way to change a value in place: an open capture keeps the version from before. */
  getForUpdate(id: number): V | undefined {
    if (this.generations.changed[id] !== this.generations.current) this.gate.touch(id);
    return id < this.values.length ? (this.values[id] as V | undefined) : undefined;
  }

  /** What belongs to the value is about to change: an open capture keeps the version from before. */
  willChange(id: number): void {
    if (this.generations.changed[id] !== this.generations.current) this.gate.touch(id);
  }

  /** Before so many entries are written. The answer means nothing. */
  readAhead(ids: Int32Array, count: number): number {
    const { codec, values } = this;
    let read = 0;
    if (codec.readAhead === undefined) return read;
    for (let at = 0; at < count; at++) {
      const id = ids[at] as number;
      const value = id < values.length ? values[id] : undefined;
      if (value !== undefined) read += codec.readAhead(value as V);
    }
    return read;
  }

  has(id: number): boolean {
    return id < this.values.length && this.values[id] !== undefined;
  }

  /** The key of the id holds its id from now on. */
  set(id: number, value: V): void {
    if (this.generations.changed[id] !== this.generations.current) this.gate.touch(id);
    if (id < this.values.length) {
      if (this.values[id] === undefined) this.keys.retain(id);
    } else {
      while (this.values.length < id) this.values.push(undefined);
      this.values.push(undefined);
      this.keys.retain(id);
    }
    this.values[id] = value;
  }

  delete(id: number): void {
    if (!this.has(id)) return;
    if (this.generations.changed[id] !== this.generations.current) this.gate.touch(id);
    this.values[id] = undefined;
    this.keys.release(id);
  }
}

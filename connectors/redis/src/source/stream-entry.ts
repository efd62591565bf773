/** An entry of a stream. */
export interface StreamEntry {
  /** The stream's key. */
  readonly stream: string;
  /** `milliseconds-sequence`. */
  readonly id: string;
  /** Epoch milliseconds, from the id. */
  readonly timestamp: number;
  /** The fields as UTF-8 text; the last one of a name that comes twice. Without a prototype. */
  readonly fields: Readonly<Record<string, string>>;
  /** The bytes of a field. */
  bytes(field: string): Uint8Array | undefined;
}

/** @param pairs Names and values, one after the other. */
export function streamEntry(stream: string, id: string, timestamp: number, pairs: readonly Buffer[]): StreamEntry {
  return new Entry(stream, id, timestamp, pairs);
}

class Entry implements StreamEntry {
  readonly stream: string;
  readonly id: string;
  readonly timestamp: number;
  readonly #pairs: readonly Buffer[];
  #fields: Readonly<Record<string, string>> | undefined;

  constructor(stream: string, id: string, timestamp: number, pairs: readonly Buffer[]) {
    this.stream = stream;
    this.id = id;
    this.timestamp = timestamp;
    this.#pairs = pairs;
  }

  get fields(): Readonly<Record<string, string>> {
    if (this.#fields !== undefined) return this.#fields;
    const fields: Record<string, string> = Object.create(null);
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      fields[String(this.#pairs[index])] = String(this.#pairs[index + 1]);
    }
    this.#fields = fields;
    return fields;
  }

  bytes(field: string): Uint8Array | undefined {
    for (let index = this.#pairs.length - 2; index >= 0; index -= 2) {
      if (String(this.#pairs[index]) === field) return this.#pairs[index + 1];
    }
    return undefined;
  }
}

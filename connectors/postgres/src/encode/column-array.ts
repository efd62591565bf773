import { ColumnRefusal } from './column-refusal.js';

const HEADER = 20;
const SHORT = 24;

/**
 * The values of one column as the binary array that goes to the server, built value by value without an object for each.
 *
 * The array is finished by its header: dimensions, whether there are NULLs, element type, count, lower bound.
 */
export class ColumnArray {
  readonly #elementType: number;
  #bytes: Buffer;
  #length = HEADER;
  /** Where the value begun last starts: what `undo` goes back to. */
  #mark = HEADER;
  #hasNull = false;

  constructor(elementType: number) {
    this.#elementType = elementType;
    this.#bytes = Buffer.allocUnsafe(4096);
  }

  get length(): number {
    return this.#length;
  }

  null(): void {
    this.#mark = this.#length;
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(-1, this.#length);
    this.#hasNull = true;
  }

  int(value: number, size: 1 | 2 | 4): void {
    const bytes = this.#begin(size);
    const at = this.#length - size;
    if (size === 4) bytes.writeInt32BE(value, at);
    else if (size === 2) bytes.writeInt16BE(value, at);
    else bytes[at] = value;
  }

  /** A whole number of at most 53 bits, in eight bytes. */
  int64(value: number): void {
    const bytes = this.#begin(8);
    const high = Math.floor(value / 0x1_0000_0000);
    bytes.writeInt32BE(high, this.#length - 8);
    bytes.writeUInt32BE(value - high * 0x1_0000_0000, this.#length - 4);
  }

  bigint(value: bigint): void {
    this.#begin(8).writeBigInt64BE(value, this.#length - 8);
  }

  float64(value: number): void {
    this.#begin(8).writeDoubleBE(value, this.#length - 8);
  }

  float32(value: number): void {
    this.#begin(4).writeFloatBE(value, this.#length - 4);
  }

  raw(value: Uint8Array): void {
    this.#begin(value.length).set(value, this.#length - value.length);
  }

  /** @throws ColumnRefusal for a character that Postgres has no place for. */
  text(value: string): void {
    const length = value.length;
    this.#mark = this.#length;
    this.#reserve(4 + length * 3);
    const bytes = this.#bytes;
    const start = this.#length + 4;
    let at = 0;
    // Short ASCII is the rule, and going into the runtime for it takes several times as long.
    if (length <= SHORT) {
      for (; at < length; at++) {
        const code = value.charCodeAt(at);
        if (code > 127 || code === 0) break;
        bytes[start + at] = code;
      }
    }
    let size = at;
    if (at < length || length === 0) {
      if (value.includes('\0'))
        throw new ColumnRefusal('a text with the character U+0000, which Postgres cannot store');
      size = bytes.write(value, start, 'utf8');
    }
    bytes.writeInt32BE(size, this.#length);
    this.#length = start + size;
  }

  /** The value appended last, which is a text. */
  lastText(): string {
    return this.#bytes.toString('utf8', this.#mark + 4, this.#length);
  }

  /** Takes the value appended last back. */
  undo(): void {
    this.#length = this.#mark;
  }

  /** The whole array in bytes of its own; the next one begins empty. */
  take(count: number): Buffer {
    const bytes = this.#bytes;
    bytes.writeInt32BE(1, 0);
    bytes.writeInt32BE(this.#hasNull ? 1 : 0, 4);
    bytes.writeInt32BE(this.#elementType, 8);
    bytes.writeInt32BE(count, 12);
    bytes.writeInt32BE(1, 16);
    const taken = Buffer.from(bytes.subarray(0, this.#length));
    this.#length = HEADER;
    this.#mark = HEADER;
    this.#hasNull = false;
    return taken;
  }

  #begin(size: number): Buffer {
    this.#mark = this.#length;
    this.#reserve(4 + size);
    this.#bytes.writeInt32BE(size, this.#length);
    this.#length += 4 + size;
    return this.#bytes;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

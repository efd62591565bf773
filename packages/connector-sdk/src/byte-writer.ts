import { SluiceError } from './error.js';
import { KeyLists } from './key-lists.js';

const LIMIT = 0x7fff_ffff;
const SHORT = 63;
const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/**
 * Appends to a buffer that grows and is used again: for codecs that write many values without an allocation for each.
 *
 * Numbers are little-endian. What is written between two resets is one unit: read it in order, from its beginning, with one `ByteReader`.
 *
 * @throws SLUICE_CODEC_SIZE by every method that would make it larger than 2 GiB.
 *
 * @example
 * const writer = new ByteWriter();
 * writer.varint(3);
 * writer.string('abc');
 * const bytes = writer.finish();
 */
export class ByteWriter {
  /** The key lists that `writeStructured` has written since the last reset. */
  readonly keyLists = new KeyLists();
  private buffer: Uint8Array;
  private numbers: DataView;
  private position = 0;

  /** @param capacity Bytes to begin with. */
  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(Math.max(16, capacity));
    this.numbers = new DataView(this.buffer.buffer);
  }

  /** Bytes written since the last reset. */
  get length(): number {
    return this.position;
  }

  /** Bytes it can hold without growing. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** A whole number from 0 to 255, in one byte. */
  uint8(value: number): void {
    if (this.position === this.buffer.length) this.grow(1);
    this.buffer[this.position++] = value;
  }

  /** A whole number from 0 to 2³² − 1, in four bytes. */
  uint32(value: number): void {
    this.reserve(4);
    this.numbers.setUint32(this.position, value, true);
    this.position += 4;
  }

  /** A whole number from 0 to 2⁵³ − 1, in one byte for each seven bits. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.buffer[this.position++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.position++] = rest;
  }

  /** Any number, bit for bit, in eight bytes; −0, ±Infinity and NaN stay what they are. */
  float64(value: number): void {
    this.reserve(8);
    this.numbers.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** A bigint from −2⁶³ to 2⁶³ − 1, in eight bytes. */
  int64(value: bigint): void {
    this.reserve(8);
    this.numbers.setBigInt64(this.position, value, true);
    this.position += 8;
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    // For a handful of bytes the call of `set` costs more than the copying.
    if (length < 32) for (let i = 0; i < length; i++) this.buffer[this.position + i] = bytes[i] as number;
    else this.buffer.set(bytes, this.position);
    this.position += length;
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Any string, losslessly: UTF-8, or UTF-16 when it holds a lone surrogate. */
  string(value: string): void {
    if (value.length <= SHORT) this.shortString(value);
    else this.longString(value);
  }

  /** If it is ASCII and no longer than 63 characters: its bytes behind one byte, `prefix + length`. Answers false, and writes nothing, otherwise. */
  shortAscii(value: string, prefix: number): boolean {
    const { length } = value;
    if (length > SHORT) return false;
    this.reserve(length + 1);
    const { buffer, position } = this;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[position + 1 + i] = unit;
    }
    buffer[position] = prefix + length;
    this.position = position + 1 + length;
    return true;
  }

  /** What was written since the last reset, in an array of its own; then resets. */
  finish(): Uint8Array {
    const bytes = this.buffer.slice(0, this.position);
    this.reset();
    return bytes;
  }

  /** What was written since the last reset, not copied: valid until something else is written. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.position);
  }

  /** Forgets everything and keeps the buffer. */
  reset(): void {
    this.truncate(0);
  }

  /** Forgets everything behind `length`: what was half written when a value turned out to be impossible to encode. */
  truncate(length: number): void {
    this.position = Math.min(this.position, length);
    this.keyLists.forget();
  }

  private shortString(value: string): void {
    // The header, for which `varint` reserves eight, and at most three bytes for each UTF-16 unit: it must not grow in between.
    this.reserve(value.length * 3 + 8);
    const start = this.position;
    const { buffer } = this;
    let at = start + 1;
    for (let i = 0; i < value.length; i++) {
      let unit = value.charCodeAt(i);
      if (unit < 0x80) {
        buffer[at++] = unit;
      } else if (unit < 0x800) {
        buffer[at++] = 0xc0 | (unit >> 6);
        buffer[at++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        buffer[at++] = 0xe0 | (unit >> 12);
        buffer[at++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[at++] = 0x80 | (unit & 0x3f);
      } else {
        const low = value.charCodeAt(i + 1);
        if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) {
          this.wideString(value);
          return;
        }
        i++;
        unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        buffer[at++] = 0xf0 | (unit >> 18);
        buffer[at++] = 0x80 | ((unit >> 12) & 0x3f);
        buffer[at++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[at++] = 0x80 | (unit & 0x3f);
      }
    }
    const bytes = at - start - 1;
    if (bytes > SHORT) {
      buffer.copyWithin(start + 2, start + 1, at);
      at++;
    }
    this.varint(bytes * 2);
    this.position = at;
  }

  private longString(value: string): void {
    const header = 5;
    this.reserve(value.length * 3 + header);
    const start = this.position;
    const { written } = encoder.encodeInto(value, this.buffer.subarray(start + header));
    // An encoder puts U+FFFD for a lone surrogate, which would change the string; in ASCII there is none.
    if (written !== value.length && LONE_SURROGATE.test(value)) {
      this.wideString(value);
      return;
    }
    this.varint(written * 2);
    this.buffer.copyWithin(this.position, start + header, start + header + written);
    this.position += written;
  }

  private wideString(value: string): void {
    this.varint(value.length * 4 + 1);
    this.reserve(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      this.numbers.setUint16(this.position, value.charCodeAt(i), true);
      this.position += 2;
    }
  }

  private reserve(bytes: number): void {
    if (this.position + bytes > this.buffer.length) this.grow(bytes);
  }

  private grow(bytes: number): void {
    const needed = this.position + bytes;
    if (needed > LIMIT) {
      throw new SluiceError({
        code: 'SLUICE_CODEC_SIZE',
        component: 'ByteWriter',
        expected: 'less than 2 GiB in one buffer',
        actual: `${needed} bytes`,
        remedy: 'encode smaller values, or finish the buffer more often',
      });
    }
    const larger = new Uint8Array(Math.min(LIMIT, Math.max(needed, this.buffer.length * 2)));
    larger.set(this.buffer.subarray(0, this.position));
    this.buffer = larger;
    this.numbers = new DataView(larger.buffer);
  }
}

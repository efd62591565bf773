import { malformed, truncated } from './codec-failure.js';
import type { KeyList } from './key-lists.js';

const ASCII_BY_HAND = 24;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what a `ByteWriter` wrote. Every length is compared with what is left before anything is allocated for it, so damaged or
 * hostile bytes cost no more than their own size.
 *
 * @throws SLUICE_CODEC_TRUNCATED by every method that would read beyond the end.
 * @throws SLUICE_CODEC_MALFORMED for bytes that no `ByteWriter` writes.
 *
 * @example
 * const writer = new ByteWriter();
 * writer.varint(3);
 * writer.string('abc');
 * const reader = new ByteReader(writer.finish());
 * const count = reader.varint();
 * const name = reader.string();
 * reader.end();
 */
export class ByteReader {
  /** The key lists that `readStructured` has read so far. */
  readonly keyLists: KeyList[] = [];
  private readonly buffer: Uint8Array;
  private readonly numbers: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes;
    // `slice` of a Node Buffer aliases its memory: only a plain Uint8Array copies.
    this.buffer = bytes.constructor === Uint8Array ? bytes : new Uint8Array(buffer, byteOffset, byteLength);
    this.numbers = new DataView(buffer, byteOffset, byteLength);
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.buffer.length - this.at;
  }

  /** Bytes read. */
  get position(): number {
    return this.at;
  }

  uint8(): number {
    const byte = this.buffer[this.at];
    if (byte === undefined) throw truncated(this.at, 1, 0);
    this.at++;
    return byte;
  }

  uint32(): number {
    return this.numbers.getUint32(this.take(4), true);
  }

  /** As `ByteWriter.varint` writes it: at most 2⁵³ − 1. */
  varint(): number {
    const { buffer, at } = this;
    let value = 0;
    // Up to 28 bits fit a small integer, which is several times as fast; no more is needed for most numbers.
    for (let i = 0; i < 4; i++) {
      const byte = buffer[at + i];
      if (byte === undefined) throw truncated(at, i + 1, i);
      value |= (byte & 0x7f) << (i * 7);
      if (byte < 0x80) {
        this.at = at + i + 1;
        return value;
      }
    }
    return this.longVarint(value);
  }

  float64(): number {
    return this.numbers.getFloat64(this.take(8), true);
  }

  int64(): bigint {
    return this.numbers.getBigInt64(this.take(8), true);
  }

  /** As many bytes as asked for, in an array of their own. */
  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.buffer.slice(start, start + length);
  }

  /** As many bytes as asked for, not copied. */
  view(length: number): Uint8Array {
    const start = this.take(length);
    return this.buffer.subarray(start, start + length);
  }

  /** As `ByteWriter.bytes` writes them, in an array of their own. */
  bytes(): Uint8Array {
    return this.raw(this.varint());
  }

  string(): string {
    const start = this.at;
    const header = this.varint();
    const length = Math.floor(header / 2);
    if (header % 2 === 0) return this.utf8(length);
    if (length % 2 === 1) throw malformed(start, 'an even number of bytes of UTF-16', `${length}`);
    return this.utf16(length);
  }

  /** So many ASCII characters, one byte each. */
  ascii(length: number): string {
    const start = this.take(length);
    const { buffer } = this;
    let result = '';
    for (let i = start; i < start + length; i++) {
      const unit = buffer[i] as number;
      if (unit > 0x7f) throw malformed(i, 'ASCII', 'another byte');
      result += String.fromCharCode(unit);
    }
    return result;
  }

  /** How many items follow that take at least `bytesEach` bytes each: a count that what is left could not hold is refused. */
  count(bytesEach: number): number {
    const start = this.at;
    const count = this.varint();
    if (count * bytesEach > this.remaining) throw truncated(start, count * bytesEach, this.remaining);
    return count;
  }

  /** Refuses bytes that nobody has read. */
  end(): void {
    if (this.remaining > 0) throw malformed(this.at, 'the end', `${this.remaining} more bytes`);
  }

  private longVarint(low: number): number {
    const { buffer, at } = this;
    let value = low;
    let scale = 2 ** 28;
    for (let i = 4; i < 8; i++) {
      const byte = buffer[at + i];
      if (byte === undefined) throw truncated(at, i + 1, i);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        this.at = at + i + 1;
        return value;
      }
      scale *= 128;
    }
    throw malformed(at, 'a number of at most 53 bits', 'a larger one');
  }

  private take(length: number): number {
    const start = this.at;
    if (!(length <= this.buffer.length - start)) throw truncated(start, length, this.buffer.length - start);
    this.at = start + length;
    return start;
  }

  private utf8(length: number): string {
    const start = this.take(length);
    const end = start + length;
    const { buffer } = this;
    if (length <= ASCII_BY_HAND) {
      let result = '';
      let i = start;
      for (; i < end; i++) {
        const unit = buffer[i] as number;
        if (unit > 0x7f) break;
        result += String.fromCharCode(unit);
      }
      if (i === end) return result;
    }
    try {
      return utf8.decode(buffer.subarray(start, end));
    } catch (cause) {
      throw malformed(start, 'UTF-8', 'other bytes', cause);
    }
  }

  private utf16(length: number): string {
    const start = this.take(length);
    const pieces: string[] = [];
    for (let from = start; from < start + length; from += 8192) {
      const units: number[] = [];
      for (let i = from; i < Math.min(from + 8192, start + length); i += 2) units.push(this.numbers.getUint16(i, true));
      pieces.push(String.fromCharCode(...units));
    }
    return pieces.join('');
  }
}

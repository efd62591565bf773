import { malformed } from './malformed.js';

/** Walks over the records of a batch: what it reads lies between lengths that are checked, never behind the end. */
export class RecordCursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A signed number of variable length, of up to 32 bits. */
  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 28) throw malformed('VARINT');
      byte = bytes[this.at++] as number;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** The same of up to 64 bits; exact as far as a number is. */
  varlong(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    let value = byte & 0x7f;
    for (let scale = 0x80, length = 1; byte > 0x7f; scale *= 0x80, length++) {
      if (length === 10) throw malformed('VARINT');
      byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Goes over bytes that must end at `end` at the latest; answers where they begin. */
  over(length: number, end: number): number {
    const start = this.at;
    if (!(length >= 0 && length <= end - start)) throw malformed('RECORD');
    this.at = start + length;
    return start;
  }
}

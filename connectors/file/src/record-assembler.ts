import type { FileChunk } from './file-chunk.js';
import { type Boundaries, contentEnd, type LongRecord, type Records } from './records.js';

/**
 * Chunks in, whole records out: what is left of a chunk after its last record waits for the next one.
 *
 * No more than a chunk and one record up to `maxBytes` is held. Of a longer record only its beginning is; where records are cut never
 * depends on how the file was cut into chunks.
 */
export class RecordAssembler {
  readonly #boundaries: Boundaries;
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Bytes of a record over the limit that were seen and not kept. */
  #dropped = 0;
  #offset = 0;

  constructor(boundaries: Boundaries, maxBytes: number) {
    this.#boundaries = boundaries;
    this.#maxBytes = maxBytes;
  }

  /** The records that end in this chunk, in order. */
  next(chunk: FileChunk): (Records | LongRecord)[] {
    const { bytes } = chunk;
    const ends = this.#boundaries.next(bytes);
    const last = ends.at(-1);
    if (this.#pieces.length === 0) this.#offset = chunk.offset;
    if (last === undefined) {
      this.#keep(bytes);
      return [];
    }
    const parts: (Records | LongRecord)[] = [];
    let whole = bytes.subarray(0, last);
    let offset = chunk.offset;
    if (this.#dropped > 0) {
      const first = ends.shift() ?? last;
      parts.push({ offset: this.#offset, end: chunk.offset + first, head: this.#head() });
      whole = bytes.subarray(first, last);
      offset = chunk.offset + first;
      for (let i = 0; i < ends.length; i++) ends[i] = (ends[i] ?? 0) - first;
    } else if (this.#pieces.length > 0) {
      whole = Buffer.concat([...this.#pieces, whole]);
      offset = this.#offset;
      for (let i = 0; i < ends.length; i++) ends[i] = (ends[i] ?? 0) + this.#pieceBytes;
    }
    if (ends.length > 0) this.#split({ bytes: whole, offset, start: 0, ends }, parts);
    this.#forget();
    this.#offset = chunk.offset + last;
    if (last < bytes.length) this.#keep(bytes.subarray(last));
    return parts;
  }

  /** The record that the input ends in without a terminator, if there is one. */
  end(): (Records | LongRecord)[] {
    const parts: (Records | LongRecord)[] = [];
    const end = this.#offset + this.#pieceBytes + this.#dropped;
    if (this.#dropped > 0) parts.push({ offset: this.#offset, end, head: this.#head() });
    else if (this.#pieceBytes > 0) {
      const bytes = Buffer.concat(this.#pieces);
      this.#split({ bytes, offset: this.#offset, start: 0, ends: [bytes.length] }, parts);
    }
    this.#forget();
    return parts;
  }

  /** A record over the limit whose end has not come yet. */
  get unfinished(): LongRecord | undefined {
    if (this.#dropped === 0) return undefined;
    return { offset: this.#offset, end: Number.NaN, head: this.#head() };
  }

  #keep(bytes: Buffer): void {
    // One byte more than the limit, because the last one may be the CR of a CRLF whose LF is still to come.
    const kept = Math.min(bytes.length, this.#maxBytes + 1 - this.#pieceBytes);
    if (kept > 0) {
      this.#pieces.push(kept === bytes.length ? bytes : bytes.subarray(0, kept));
      this.#pieceBytes += kept;
    }
    this.#dropped += bytes.length - kept;
  }

  #head(): Buffer {
    return Buffer.concat(this.#pieces).subarray(0, this.#maxBytes);
  }

  #forget(): void {
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#dropped = 0;
  }

  /** Takes the records over the limit out from among the others. */
  #split(records: Records, parts: (Records | LongRecord)[]): void {
    const { bytes, offset, ends } = records;
    let { start } = records;
    let first = 0;
    if (bytes.length > this.#maxBytes) {
      let from = start;
      for (let i = 0; i < ends.length; i++) {
        const end = ends[i] ?? 0;
        if (contentEnd(bytes, from, end) - from > this.#maxBytes) {
          if (i > first) parts.push({ bytes, offset, start, ends: ends.slice(first, i) });
          parts.push({ offset: offset + from, end: offset + end, head: bytes.subarray(from, from + this.#maxBytes) });
          start = end;
          first = i + 1;
        }
        from = end;
      }
    }
    if (first === 0) parts.push(records);
    else if (first < ends.length) parts.push({ bytes, offset, start, ends: ends.slice(first) });
  }
}

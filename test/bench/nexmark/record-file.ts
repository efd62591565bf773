import { closeSync, openSync, writeSync } from 'node:fs';

const CHUNK = 1 << 20;
/** More than any record takes. */
const LONGEST = 4_096;

/** Writes a file field by field, in the form that `write-events.ts` tells. */
export class RecordFile {
  private readonly file: number;
  private readonly chunk = Buffer.allocUnsafe(CHUNK);
  private readonly words = new Map<string, number>();
  private used = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  /** Begins a record as well. */
  byte(value: number): void {
    if (this.used > CHUNK - LONGEST) this.flush();
    this.used = this.chunk.writeUInt8(value, this.used);
  }

  int(value: number): void {
    this.used = this.chunk.writeInt32BE(value, this.used);
  }

  double(value: number): void {
    this.used = this.chunk.writeDoubleBE(value, this.used);
  }

  text(value: string): void {
    this.used = this.chunk.writeUInt16BE(value.length, this.used);
    this.used += this.chunk.write(value, this.used, 'latin1');
  }

  word(value: string): void {
    const known = this.words.get(value);
    this.used = this.chunk.writeUInt16BE(known ?? this.words.size, this.used);
    if (known !== undefined) return;
    this.words.set(value, this.words.size);
    this.text(value);
  }

  line(value: string): void {
    if (this.used > CHUNK - LONGEST) this.flush();
    this.used += this.chunk.write(`${value}\n`, this.used, 'latin1');
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    for (let from = 0; from < this.used; ) from += writeSync(this.file, this.chunk, from, this.used - from);
    this.used = 0;
  }
}

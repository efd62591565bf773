import type { FetchedRecord } from './record.js';
import { RecordCursor } from './record-cursor.js';
import { utf8Text } from './utf8-text.js';

/** Stands for a key or value that is null. */
export const NULL = -1;

/** A record that knows where it lies in its batch. */
export class BatchRecord implements FetchedRecord {
  /**
   * @param keyAt Where the key begins.
   * @param valueAt Where the value begins; headers follow it, up to `end`.
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly firstOffset: bigint,
    private readonly delta: number,
    readonly timestamp: number,
    private readonly keyAt: number,
    private readonly keyLength: number,
    private readonly valueAt: number,
    private readonly valueLength: number,
    private readonly end: number,
  ) {}

  get offset(): bigint {
    return this.firstOffset + BigInt(this.delta);
  }

  get key(): Buffer | null {
    return this.keyLength === NULL ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength);
  }

  get value(): Buffer | null {
    return this.valueLength === NULL ? null : this.bytes.subarray(this.valueAt, this.valueAt + this.valueLength);
  }

  get text(): string | undefined {
    return this.valueLength === NULL ? undefined : utf8Text(this.bytes, this.valueAt, this.valueAt + this.valueLength);
  }

  get headers(): ReadonlyMap<string, Uint8Array> {
    const cursor = new RecordCursor(this.bytes, this.valueAt + Math.max(this.valueLength, 0));
    const headers = new Map<string, Uint8Array>();
    for (let left = cursor.varint(); left > 0; left--) {
      const nameLength = cursor.varint();
      const name = cursor.over(nameLength, this.end);
      const length = cursor.varint();
      const value = cursor.over(length === NULL ? 0 : length, this.end);
      headers.set(this.bytes.toString('utf8', name, name + nameLength), this.bytes.subarray(value, cursor.at));
    }
    return headers;
  }
}

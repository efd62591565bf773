import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

export const CHECKSUM_BYTES = 32;
/** So much is hashed in one go. */
export const SLICE_BYTES = 1024 * 1024;

export function checksum(): Hash {
  return createHash('sha256');
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = checksum();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The chunks, none larger than a slice, without copying. Between the slices of one chunk the event loop has its turn. */
export async function* inSlices(chunks: AsyncIterable<Uint8Array> | Uint8Array): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks instanceof Uint8Array ? [chunks] : chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      if (at > 0) await setImmediate();
      yield chunk.subarray(at, at + SLICE_BYTES);
    }
  }
}

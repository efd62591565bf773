/**
 * Zeros in memory that the garbage collector is not told of. For each 64 MB of new ArrayBuffers V8 walks the whole heap to see which of
 * them may go: an index of some million keys would make it do so again and again as it grows. Shared memory is not counted that way, and
 * freed like all other.
 */
export function uncountedInt32s(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

export function uncountedUint16s(length: number): Uint16Array {
  return new Uint16Array(new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT));
}

export function uncountedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

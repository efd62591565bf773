/**
 * Zeros in memory that the garbage collector is not told of. Of new ArrayBuffers V8 counts the bytes, and walks the whole heap every so
 * many of them (measured with Node 20: about once in 75 MB) to see which may go: an index of some million keys would make it do so again
 * and again as it grows. Shared memory is not counted. It is freed when its wrapper is collected, as all other is, but does not hasten
 * that: so it is only for what grows by doubling, where what has been outgrown is never more than what is in use.
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

import { damaged } from './bounded-size.js';

const MAGIC = 0xfd2fb528;
const LARGEST_BLOCK = 128 * 1024;

/**
 * The most that the frames of a batch can become. Java writes them without their size, and the library would trust the size of those
 * that have one, so the blocks are counted before it is asked.
 *
 * @throws SLUICE_KAFKA_COMPRESSION for what is no frame, or one whose size cannot be true
 */
export function zstdLargestLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let total = 0;
  for (let at = 0; at < bytes.length || at === 0; ) {
    const frame = largestFrame(view, at);
    total += frame.length;
    at = frame.end;
  }
  return total;
}

function largestFrame(view: DataView, start: number): { readonly length: number; readonly end: number } {
  const end = view.byteLength;
  if (start + 6 > end || view.getUint32(start, true) !== MAGIC) throw damaged('zstd');
  const descriptor = view.getUint8(start + 4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const sizeAt = start + 5 + (single ? 0 : 1) + dictionary;
  let at = sizeAt + sizeBytes;
  if (at > end) throw cutOff();
  let total = 0;
  for (let last = false; !last; ) {
    if (at + 3 > end) throw cutOff();
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw damaged('zstd');
    total += type === 2 ? LARGEST_BLOCK : size;
    at += 3 + (type === 1 ? 1 : size);
  }
  at += descriptor & 0x04 ? 4 : 0;
  if (at > end) throw cutOff();
  if (claimed(view, sizeAt, sizeBytes) > total) throw damaged('zstd', 'a frame with an impossible size');
  return { length: total, end: at };
}

function claimed(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return bytes === 8 ? Number(view.getBigUint64(at, true)) : 0;
}

function cutOff() {
  return damaged('zstd', 'a frame that is cut off');
}

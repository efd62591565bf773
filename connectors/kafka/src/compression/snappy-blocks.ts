import { damaged } from './bounded-size.js';

/** How xerial's snappy-java begins a stream: this, two versions of four bytes, and then blocks behind their lengths. */
const XERIAL = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
const XERIAL_HEADER = 16;
// Three bytes of a copy give 64; a claim beyond that is not true, whatever follows.
const LARGEST_EXPANSION = 22;

/** The plain Snappy blocks of a batch. @throws SLUICE_KAFKA_COMPRESSION */
export function snappyBlocks(bytes: Uint8Array): readonly Uint8Array[] {
  if (!XERIAL.every((byte, index) => bytes[index] === byte)) return [bytes];
  if (bytes.length < XERIAL_HEADER) throw damaged('snappy', 'a header that is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw damaged('snappy', 'a block that is cut off');
    const length = view.getUint32(at);
    at += 4;
    if (length > bytes.length - at) throw damaged('snappy', 'a block that is cut off');
    blocks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

/** What a block says its decompressed length is. @throws SLUICE_KAFKA_COMPRESSION when it cannot be true */
export function snappyLength(block: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (length > block.length * LARGEST_EXPANSION) break;
      return length;
    }
  }
  throw damaged('snappy', 'a block with an impossible length');
}

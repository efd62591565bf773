import { damaged } from './bounded-size.js';

const MAGIC = 0x184d2204;
const BLOCK_SIZES: readonly number[] = [64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024];
const UNCOMPRESSED = 0x8000_0000;
const LARGEST_EXPANSION = 255;

/**
 * The most that a frame can become: the library has no bound of its own, so the blocks are counted before it is asked. No more than
 * one block beyond the truth for what is longer than a block.
 *
 * @throws SLUICE_KAFKA_COMPRESSION for what is no frame
 */
export function lz4LargestLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) throw damaged('lz4');
  const flags = view.getUint8(4);
  const blockSize = BLOCK_SIZES[((view.getUint8(5) >> 4) & 7) - 4];
  if (flags >> 6 !== 1 || blockSize === undefined) throw damaged('lz4', 'a frame of an unknown version');
  const [blockChecksum, contentSize, dictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let at = 7 + (contentSize ? 8 : 0) + (dictionary ? 4 : 0);
  let total = 0;
  for (;;) {
    if (at + 4 > bytes.length) throw damaged('lz4', 'a frame that is cut off');
    const header = view.getUint32(at, true);
    if (header === 0) break;
    const length = header & ~UNCOMPRESSED;
    at += 4 + length + (blockChecksum ? 4 : 0);
    total += Math.min(blockSize, header >= UNCOMPRESSED ? length : length * LARGEST_EXPANSION);
  }
  // Whatever follows the frame would be read as another one, and not be counted.
  if (at + 4 + (flags & 0x04 ? 4 : 0) < bytes.length) throw damaged('lz4', 'more bytes than one frame');
  return total;
}

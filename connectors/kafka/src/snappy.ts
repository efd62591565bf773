import { compress, uncompress } from 'snappy';
import { boundOf, damaged, tooLarge } from './compression/bounded-size.js';
import type { CompressionCodec, CompressionOptions } from './compression/compression-codec.js';
import { snappyBlocks, snappyLength } from './compression/snappy-blocks.js';

/**
 * Snappy, by the package `snappy`. Writes one plain block and reads both that and the framing of xerial's snappy-java, which Java
 * producers use.
 *
 * Gives a value; nothing is registered by importing it.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a bound that makes no sense; SLUICE_KAFKA_COMPRESSION on decompressing what is damaged or
 * larger than the bound.
 *
 * @example
 * import { snappy } from '@sluice/kafka/snappy';
 *
 * const codec = snappy();
 * const small = await codec.compress(new TextEncoder().encode('a'.repeat(1000)));
 * console.log((await codec.decompress(small)).length); // 1000
 */
export function snappy(options?: CompressionOptions): CompressionCodec {
  const bound = boundOf('snappy', options);
  return {
    name: 'snappy',
    compress: (bytes) => compress(bytes),
    async decompress(bytes) {
      const blocks = snappyBlocks(bytes);
      let total = 0;
      for (const block of blocks) total += snappyLength(block);
      if (total > bound) throw tooLarge('snappy', bound);
      const parts = await Promise.all(blocks.map(uncompressed));
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    },
  };
}

async function uncompressed(block: Uint8Array): Promise<Buffer> {
  try {
    return (await uncompress(block, { asBuffer: true })) as Buffer;
  } catch {
    throw damaged('snappy');
  }
}

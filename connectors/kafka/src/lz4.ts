import { compressFrame, decompressFrame } from 'lz4-napi';
import { boundOf, damaged, tooLarge } from './compression/bounded-size.js';
import type { CompressionCodec, CompressionOptions } from './compression/compression-codec.js';
import { lz4LargestLength } from './compression/lz4-frame.js';

/**
 * LZ4 in its frame format, by the package `lz4-napi`.
 *
 * Gives a value; nothing is registered by importing it.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a bound that makes no sense; SLUICE_KAFKA_COMPRESSION on decompressing what is damaged or
 * larger than the bound.
 *
 * @example
 * import { lz4 } from '@sluice/kafka/lz4';
 *
 * const codec = lz4();
 * const small = await codec.compress(new TextEncoder().encode('a'.repeat(1000)));
 * console.log((await codec.decompress(small)).length); // 1000
 */
export function lz4(options?: CompressionOptions): CompressionCodec {
  const bound = boundOf('lz4', options);
  return {
    name: 'lz4',
    compress: (bytes) => compressFrame(bytes),
    async decompress(bytes) {
      if (lz4LargestLength(bytes) > bound) throw tooLarge('lz4', bound);
      try {
        return await decompressFrame(bytes);
      } catch {
        throw damaged('lz4');
      }
    },
  };
}

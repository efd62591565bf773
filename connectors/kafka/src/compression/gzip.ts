import { promisify } from 'node:util';
import { gunzip, gzip as gzipBytes } from 'node:zlib';
import { boundOf, damaged, tooLarge } from './bounded-size.js';
import type { CompressionCodec, CompressionOptions } from './compression-codec.js';

const compress = promisify<Uint8Array, Uint8Array>(gzipBytes);

/**
 * Gzip, by Node itself. Sources read it without being told to; name it to change its bound.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a bound that makes no sense; SLUICE_KAFKA_COMPRESSION on decompressing what is damaged or
 * larger than the bound.
 *
 * @example
 * const codec = gzip({ maxDecompressedBytes: 16 * 1024 * 1024 });
 * const small = await codec.compress(new TextEncoder().encode('a'.repeat(1000)));
 * console.log((await codec.decompress(small)).length); // 1000
 */
export function gzip(options?: CompressionOptions): CompressionCodec {
  const maxOutputLength = boundOf('gzip', options);
  return {
    name: 'gzip',
    compress: (bytes) => compress(bytes),
    decompress: (bytes) =>
      new Promise((resolve, reject) => {
        gunzip(bytes, { maxOutputLength }, (error, result) => {
          if (error === null) resolve(result);
          else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
            reject(tooLarge('gzip', maxOutputLength));
          } else reject(damaged('gzip'));
        });
      }),
  };
}

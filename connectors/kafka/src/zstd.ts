import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { boundOf, damaged, tooLarge } from './compression/bounded-size.js';
import type { CompressionCodec, CompressionOptions } from './compression/compression-codec.js';
import { zstdLargestLength } from './compression/zstd-frame.js';

/**
 * Zstandard: by Node itself from 22.15 on, by the package `@bokuweb/zstd-wasm` before.
 *
 * Gives a value; nothing is registered by importing it, and the package is loaded when it is first used.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a bound that makes no sense; SLUICE_KAFKA_COMPRESSION on decompressing what is damaged or
 * larger than the bound.
 *
 * @example
 * import { zstd } from '@sluice/kafka/zstd';
 *
 * const codec = zstd();
 * const small = await codec.compress(new TextEncoder().encode('a'.repeat(1000)));
 * console.log((await codec.decompress(small)).length); // 1000
 */
export function zstd(options?: CompressionOptions): CompressionCodec {
  const bound = boundOf('zstd', options);
  return {
    name: 'zstd',
    compress: async (bytes) => (await library()).compress(bytes),
    async decompress(bytes) {
      const largest = zstdLargestLength(bytes);
      if (largest > bound) throw tooLarge('zstd', bound);
      const { decompress } = await library();
      try {
        return await decompress(bytes, largest);
      } catch {
        throw damaged('zstd');
      }
    },
  };
}

interface Library {
  compress(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array;
  decompress(bytes: Uint8Array, largest: number): Promise<Uint8Array> | Uint8Array;
}

type OneShot = (bytes: Uint8Array, options: object, done: (error: Error | null, result: Buffer) => void) => void;

let loading: Promise<Library> | undefined;

function library(): Promise<Library> {
  const { zstdCompress, zstdDecompress } = zlib as {
    readonly zstdCompress?: OneShot;
    readonly zstdDecompress?: OneShot;
  };
  loading ??= zstdCompress && zstdDecompress ? ofNode(zstdCompress, zstdDecompress) : ofPackage();
  return loading;
}

async function ofNode(zstdCompress: OneShot, zstdDecompress: OneShot): Promise<Library> {
  const compress = promisify(zstdCompress);
  const decompress = promisify(zstdDecompress);
  return {
    compress: (bytes) => compress(bytes, {}),
    decompress: (bytes, largest) => decompress(bytes, { maxOutputLength: Math.max(1, largest) }),
  };
}

async function ofPackage(): Promise<Library> {
  const wasm = await import('@bokuweb/zstd-wasm');
  await wasm.init();
  return {
    compress: (bytes) => wasm.compress(bytes),
    decompress: (bytes, largest) => wasm.decompress(bytes, { defaultHeapSize: Math.max(1, largest) }),
  };
}

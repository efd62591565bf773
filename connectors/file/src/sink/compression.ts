import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { SluiceError } from '@sluice/connector-sdk';

export type CompressionName = 'gzip' | 'zstd';

/**
 * Compresses blocks, each into a gzip member or a zstd frame of its own: one after another they are a valid file, so a part file can be
 * cut at the end of any of them.
 */
export interface Compression {
  readonly extension: string;
  compress(block: Uint8Array): Promise<Uint8Array>;
}

type Compress = (block: Uint8Array) => Promise<Uint8Array>;

/** @throws SLUICE_FILE_ZSTD where Node has no zstd */
export function compressionOf(component: string, name: CompressionName): Compression {
  if (name === 'gzip') return { extension: '.gz', compress: promisify(zlib.gzip) as Compress };
  const zstdCompress: unknown = Reflect.get(zlib, 'zstdCompress');
  if (typeof zstdCompress !== 'function') throw zstdMissing(component);
  return { extension: '.zst', compress: promisify(zstdCompress as typeof zlib.gzip) as Compress };
}

export function zstdMissing(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_ZSTD',
    component,
    expected: 'a Node.js with zstd',
    actual: `Node.js ${process.versions.node}, whose zlib has none`,
    remedy: 'run Node.js 22.15, 23.8 or newer, or use gzip',
  });
}

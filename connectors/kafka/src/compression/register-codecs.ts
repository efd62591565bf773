import kafkajs from 'kafkajs';
import type { CompressionCodec, CompressionName } from './compression-codec.js';
import { gzip } from './gzip.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

export const COMPRESSION_TYPES = {
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const satisfies Readonly<Record<CompressionName, number>>;

/**
 * Puts codecs into the client library's table, which is one for the whole process: what was registered last counts for everybody. Gzip
 * is always among them, since the library's own has no bound.
 */
export function registerCodecs(codecs: readonly CompressionCodec[]): void {
  const named = codecs.some(({ name }) => name === 'gzip');
  if (!named && !gzipRegistered) register(gzip());
  for (const codec of codecs) register(codec);
}

let gzipRegistered = false;

function register({ name, compress, decompress }: CompressionCodec): void {
  if (name === 'gzip') gzipRegistered = true;
  const codec = {
    compress: async ({ buffer }: { readonly buffer: Buffer }) => bufferOf(await compress(buffer)),
    decompress: async (bytes: Buffer) => bufferOf(await decompress(bytes)),
  };
  CompressionCodecs[COMPRESSION_TYPES[name]] = () => codec;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

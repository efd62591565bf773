/** How record batches are compressed: an option of `kafkaSink` (`compression`) and of the sources (`codecs`). */
export interface CompressionCodec {
  readonly name: CompressionName;
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Throws for bytes that are damaged or would become larger than the codec's bound; allocates no more than that. */
  decompress(bytes: Uint8Array): Promise<Uint8Array>;
}

export type CompressionName = 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Options of every codec. */
export interface CompressionOptions {
  /** Bytes that one batch may have when decompressed; larger ones are refused, so that a hostile batch cannot use up the memory. Default 128 MiB. */
  readonly maxDecompressedBytes?: number;
}

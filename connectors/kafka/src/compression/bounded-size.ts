import { SluiceError } from '@sluice/connector-sdk';
import { option } from '../client/option.js';
import type { CompressionName, CompressionOptions } from './compression-codec.js';

const DEFAULT_BOUND = 128 * 1024 * 1024;
// What V8 can hold in one buffer on every platform.
const LARGEST_BOUND = 2 ** 31 - 1;

/** @throws SLUICE_KAFKA_OPTIONS */
export function boundOf(name: CompressionName, options: CompressionOptions = {}): number {
  const { maxDecompressedBytes = DEFAULT_BOUND } = options;
  return option.wholeNumber(name, 'maxDecompressedBytes', maxDecompressedBytes, 1, LARGEST_BOUND);
}

export function tooLarge(name: CompressionName, bound: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_COMPRESSION',
    component: name,
    expected: `a batch of at most ${bound} bytes when decompressed`,
    actual: 'a larger one',
    remedy: 'raise `maxDecompressedBytes` if batches of this size are meant, or look for the producer that wrote it',
  });
}

/** The library's own message may quote the bytes, so it is not passed on. */
export function damaged(name: CompressionName, actual = 'other bytes'): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_COMPRESSION',
    component: name,
    expected: `bytes as ${name} writes them`,
    actual,
    remedy: 'look for the producer that wrote the batch, or for a damaged log',
  });
}

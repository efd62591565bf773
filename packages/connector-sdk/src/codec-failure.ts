import { SluiceError } from './error.js';

const REMEDY = 'the bytes are damaged or were written by something else; restore from bytes that are whole';

/** The bytes end before the value does. */
export function truncated(offset: number, needed: number, left: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CODEC_TRUNCATED',
    component: 'decoding',
    expected: `${needed} bytes at offset ${offset}`,
    actual: `${left}`,
    remedy: REMEDY,
  });
}

/** The bytes are none that an encoder of this version writes. */
export function malformed(offset: number, expected: string, actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CODEC_MALFORMED',
    component: 'decoding',
    expected: `${expected} at offset ${offset}`,
    actual,
    remedy: REMEDY,
    ...(cause === undefined ? {} : { cause }),
  });
}

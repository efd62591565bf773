import { SluiceError } from './error.js';

/**
 * How a value is persisted: state, positions of a source, splits, committables of a sink. What is on the wire is a `Format`.
 *
 * Everything persisted carries the version that wrote it. To change an encoding, raise `version` and go on reading the old ones.
 */
export interface Codec<T> {
  /** The version that `encode` writes: a whole number from 0. */
  readonly version: number;
  /** The bytes of one value, in an array of their own. */
  encode(value: T): Uint8Array;
  /** The value of bytes that `version` of this codec wrote. Throws for a version that it does not know; never guesses. */
  decode(version: number, bytes: Uint8Array): T;
}

/**
 * Identity; gives a codec written as a literal its types and checks it at once.
 *
 * @throws SLUICE_CODEC_DEFINITION when `version` is no whole number from 0 or a method is missing.
 *
 * @example
 * const flag = defineCodec<boolean>({
 *   version: 1,
 *   encode: (value) => Uint8Array.of(value ? 1 : 0),
 *   decode: (_version, [byte]) => byte === 1,
 * });
 */
export function defineCodec<T>(codec: Codec<T>): Codec<T> {
  const wrong = problemOf(codec as Codec<unknown>);
  if (wrong === undefined) return codec;
  throw new SluiceError({
    code: 'SLUICE_CODEC_DEFINITION',
    component: 'defineCodec',
    expected: '`version` (a whole number from 0), `encode` and `decode`',
    actual: wrong,
    remedy: 'complete the codec',
  });
}

function problemOf(codec: Codec<unknown>): string | undefined {
  if (typeof codec !== 'object' || codec === null) return `a ${codec === null ? 'null' : typeof codec}`;
  if (!Number.isSafeInteger(codec.version) || codec.version < 0) return `version ${String(codec.version)}`;
  if (typeof codec.encode !== 'function') return 'no `encode`';
  return typeof codec.decode === 'function' ? undefined : 'no `decode`';
}

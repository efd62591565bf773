import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
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
  /**
   * Optional power, together with `read`: appends the value to a buffer that holds many, with no array of its own. What is persisted
   * through it is not what `encode` gives, since values of one buffer may share what they repeat; both have the same version.
   */
  write?(writer: ByteWriter, value: T): void;
  /**
   * The next value that `write` of `version` appended. Called for every value of a buffer, in order, from its beginning. It reads
   * exactly as much as `write` wrote: another value follows.
   */
  read?(version: number, reader: ByteReader): T;
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
    expected: '`version` (a whole number from 0), `encode` and `decode`, and `write` and `read` both or neither',
    actual: wrong,
    remedy: 'complete the codec',
  });
}

function problemOf(codec: Codec<unknown>): string | undefined {
  if (typeof codec !== 'object' || codec === null) return `a ${codec === null ? 'null' : typeof codec}`;
  if (!Number.isSafeInteger(codec.version) || codec.version < 0) return `version ${String(codec.version)}`;
  if (typeof codec.encode !== 'function') return 'no `encode`';
  if (typeof codec.decode !== 'function') return 'no `decode`';
  if (typeof codec.write === typeof codec.read) return undefined;
  return codec.write === undefined ? '`read` without `write`' : '`write` without `read`';
}

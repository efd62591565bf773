import { createHash } from 'node:crypto';

/** Over the bytes and over what they are, so that whole bytes in another's place are refused as well. */
export function checksum(bytes: Uint8Array, ...about: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(about)).update(bytes).digest();
}

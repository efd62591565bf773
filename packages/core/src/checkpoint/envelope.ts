import { damaged, unknownVersion } from './checkpoint-failure.js';
import { CHECKSUM_BYTES, sameBytes, sha256 } from './checksum.js';

/**
 * How every file of a checkpoint is wrapped: magic, format version, kind, name │ payload │ length of the payload, SHA-256 of all before it.
 * The length and the checksum stand at the end because a blob is streamed. The name is inside, so that a file put in another's place is
 * refused as well.
 */
export type EnvelopeKind = 'lease' | 'manifest' | 'blob';

const MAGIC = Buffer.from('SLUICE', 'latin1');
const VERSION = 1;
const KINDS: Readonly<Record<EnvelopeKind, number>> = { lease: 1, manifest: 2, blob: 3 };
const LENGTH_BYTES = 8;
export const TRAILER_BYTES = LENGTH_BYTES + CHECKSUM_BYTES;

export function envelopeHeader(kind: EnvelopeKind, name: string): Uint8Array {
  const ascii = Buffer.from(name, 'latin1');
  return Buffer.concat([MAGIC, Uint8Array.of(VERSION, KINDS[kind], ascii.length), ascii]);
}

/** What the checksum covers last, and what stands before it. */
export function envelopeLength(length: number): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

export function wrap(kind: EnvelopeKind, name: string, payload: Uint8Array): Uint8Array {
  const header = envelopeHeader(kind, name);
  const length = envelopeLength(payload.length);
  return Buffer.concat([header, payload, length, sha256(header, payload, length)]);
}

/**
 * The payload, in an array of its own, after everything about the bytes has been verified.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION
 */
export function unwrap(
  component: string,
  what: string,
  kind: EnvelopeKind,
  name: string,
  bytes: Uint8Array,
): Uint8Array {
  const expected = envelopeHeader(kind, name);
  const length = bytes.length - expected.length - TRAILER_BYTES;
  if (length < 0) throw damaged(component, what, `${bytes.length} bytes, fewer than the shortest`);
  const body = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
  if (!sameBytes(sha256(body), bytes.subarray(body.length))) throw damaged(component, what, 'another checksum');
  checkHeader(component, what, expected, bytes);
  if (!sameBytes(body.subarray(body.length - LENGTH_BYTES), envelopeLength(length))) {
    throw damaged(component, what, `${length} bytes, another length than it says`);
  }
  return Uint8Array.from(bytes.subarray(expected.length, expected.length + length));
}

/** To be called once the checksum has been found right: before, another version is nothing but damage. */
export function checkHeader(component: string, what: string, expected: Uint8Array, bytes: Uint8Array): void {
  const magic = bytes.subarray(0, MAGIC.length);
  const version = bytes[MAGIC.length] ?? 0;
  if (sameBytes(magic, MAGIC) && version !== VERSION) throw unknownVersion(component, what, version);
  if (!sameBytes(bytes.subarray(0, expected.length), expected))
    throw damaged(component, what, 'another file in its place');
}

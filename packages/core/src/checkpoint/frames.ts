import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { damaged, unknownVersion } from './checkpoint-failure.js';

const FORMAT = 1;
const LARGE = 64 * 1024;

/** What a codec encoded, and the version it must be decoded with. */
export interface Versioned {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/**
 * A list of byte strings as the chunks of one blob: the committables of a sink, each with the version of its codec. Large ones are passed on
 * without copying: an epoch of rows may be tens of megabytes.
 */
export async function* encodeFrames(frames: readonly Versioned[]): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter(64);
  writer.uint8(FORMAT);
  writer.varint(frames.length);
  for (const frame of frames) {
    writer.varint(frame.version);
    writer.varint(frame.bytes.length);
    if (frame.bytes.length < LARGE) writer.raw(frame.bytes);
    else {
      yield writer.finish();
      yield frame.bytes;
    }
    if (writer.length >= LARGE) yield writer.finish();
  }
  yield writer.finish();
}

/**
 * What `encodeFrames` was given. Verify the bytes first: this tells only what cannot be frames.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION
 */
export function decodeFrames(component: string, what: string, bytes: Uint8Array): Versioned[] {
  try {
    const reader = new ByteReader(bytes);
    const format = reader.uint8();
    if (format !== FORMAT) throw unknownVersion(component, what, format);
    const frames = Array.from({ length: reader.count(2) }, () => ({ version: reader.varint(), bytes: reader.bytes() }));
    reader.end();
    return frames;
  } catch (error) {
    throw asDamage(component, what, error);
  }
}

/** What a decoder throws is damage; what we throw ourselves says already what it is. */
export function asDamage(component: string, what: string, error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code.startsWith('SLUICE_CHECKPOINT_') ? error : damaged(component, what, 'another content', error);
}
